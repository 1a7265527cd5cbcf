import type { Outcome, Step } from '../domain/records/journal';

/** What an end state means, in one clause. */
export const stateWords: Readonly<Record<Outcome['state'], string>> = {
  BLUE: 'the old release serves, nothing is left over',
  GREEN: 'the new release serves',
  'GREEN+': 'the new release serves, cleaning up is pending',
  BACK: 'sent back, the old release is proven to serve',
  UNKNOWN: 'what serves is not proven',
};

interface StepWords {
  /** What goes on from the intent; null = too quick to be worth a line. */
  readonly doing: string | null;
  /** What it means that the step is done, when its record does not say it better. */
  readonly done: string;
}

/** The steps of a release as people read them. */
export const stepWords: Readonly<Record<Step, StepWords>> = {
  lease: { doing: null, done: 'this run alone may change the app' },
  backup: { doing: 'backing up, and proving it', done: 'the backups are proven' },
  pull: { doing: 'fetching the images', done: 'images are there' },
  migrate: { doing: 'migrating the database', done: 'migrated' },
  start: { doing: 'starting the new slot', done: 'the new slot runs' },
  go: { doing: null, done: 'from here on the host ends this by itself' },
  gate: { doing: 'waiting for every replica to be ready', done: 'every replica is ready' },
  workers: {
    doing: 'starting the workers that had to wait for the old ones',
    done: 'the workers run',
  },
  switch: { doing: 'moving traffic to the new slot', done: 'the proxy confirms the new slot' },
  check: { doing: 'asking the new version through the route', done: 'the checks pass in a row' },
  bake: { doing: 'watching the new version, the old one stays warm', done: 'it held' },
  back: { doing: 'moving traffic back to the old slot', done: 'the old slot serves again' },
  undo: { doing: 'removing the new slot', done: 'the new slot is gone' },
  drain: { doing: 'letting the old slot finish its requests', done: 'the old slot is idle' },
  stop: { doing: 'stopping the old slot', done: 'the old slot is stopped' },
  prune: { doing: null, done: 'old releases are cleared away' },
  record: { doing: null, done: 'written down' },
  keeper: { doing: null, done: 'the keeper watches' },
  end: { doing: null, done: '' },
};

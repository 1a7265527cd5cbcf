import type { Knobs } from '../test/support/sample-app';

/** What a step must come to. */
export interface Expectation {
  readonly verdict: string;
  readonly exitCode: number;
  /** Versions that visitors get to see, in the order of their first answer. */
  readonly versions: readonly string[];
  /** The one that answers when the step is over. */
  readonly serves: string;
}

/** One act of the demo. */
export interface DemoStep {
  readonly name: string;
  readonly tells: string;
  readonly action: 'deploy' | 'rollback';
  readonly expected: Expectation;
}

/** The versions of the sample app that appear. From v2 on they know the schema that v2 brings: an older one could not migrate. */
export const versions = {
  v1: {},
  v2: { schema: 2 },
  v3: { schema: 2, neverHealthy: true },
  v4: { schema: 2, failAfterSwitch: 3 },
} as const satisfies Record<string, Knobs>;

/** The story, in order; each step begins where the one before it ended. */
export const steps: readonly DemoStep[] = [
  {
    name: 'v1',
    tells: 'the first release, on a server that runs nothing yet',
    action: 'deploy',
    expected: { verdict: 'deployed', exitCode: 0, versions: ['v1'], serves: 'v1' },
  },
  {
    name: 'v2',
    tells: 'a release under load: requests on new and on kept connections, and open streams',
    action: 'deploy',
    expected: { verdict: 'deployed', exitCode: 0, versions: ['v1', 'v2'], serves: 'v2' },
  },
  {
    name: 'v3',
    tells: 'a version that never gets healthy is stopped before anybody sees it',
    action: 'deploy',
    expected: { verdict: 'failed', exitCode: 1, versions: ['v2'], serves: 'v2' },
  },
  {
    name: 'v4',
    tells: 'a version that turns bad after the switch is sent back by itself',
    action: 'deploy',
    expected: { verdict: 'rolled-back', exitCode: 1, versions: ['v2', 'v4'], serves: 'v2' },
  },
  {
    name: 'rollback',
    tells: 'back to the last good release before this one, on demand',
    action: 'rollback',
    expected: { verdict: 'rolled-back', exitCode: 0, versions: ['v2', 'v1'], serves: 'v1' },
  },
];

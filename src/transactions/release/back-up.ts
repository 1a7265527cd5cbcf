import { sourceOf } from '../../domain/backup/database';
import { describeProblem } from '../../domain/problem';
import type { BackupManifest } from '../../domain/records/backup';
import { messageOf, ShiplockError } from '../../errors';
import type { BackupRun } from '../backup/backup-run';
import { lookAtDatabases, type BackupLook } from '../backup/look-at-databases';
import { takeBackups, type BackupOutcome } from '../backup/take-backup';
import type { HostRun } from './deploy-tools';
import { describeGate, withPaths, type BackupGate } from './gate-backups';
import type { HeldRelease } from './held-release';
import { timed, type Tell } from './tell-step';

/** How long a server that was started just now may take until it can be asked. */
const startMs = 90_000;
const pauseMs = 1000;

/** S3 and S4 at work beside the pull. */
export interface BackupWork {
  /** Rejects where there is no proven backup: then nothing may be migrated and nothing switched. */
  readonly passed: Promise<unknown>;
  /** The backups that the release rests on, as far as they are known. */
  ids(): readonly string[];
  /** What people should know of them though they are proven, such as a copy that failed. */
  readonly warnings: readonly string[];
  /** Ends what runs on the host, and resolves when it is cleared away. */
  stop(): Promise<void>;
}

/** Begins the backups. @param shared resolves once every shared service was started */
export function backUp(
  run: HostRun,
  { gate, plan }: Pick<HeldRelease, 'gate' | 'plan'>,
  shared: Promise<void>,
  tell: Tell,
): BackupWork {
  const over = new AbortController();
  const signal = AbortSignal.any([run.tools.signal, over.signal]);
  const own = { ...run, tools: { ...run.tools, signal } };
  const note = (text: string): void => {
    tell('backup', 'note', text);
  };
  const warnings: string[] = [];
  const warn = (text: string): void => {
    warnings.push(text);
    note(`warning: ${text}`);
  };
  let ids: readonly string[] = plan.target.release.backups;
  const passed = nothingToDo(gate)
    ? Promise.resolve()
    : timed(own, tell)(
        'backup',
        async () =>
          (ids = await passBackups(own, gate, { deploy: plan.deploy, shared, tell: note, warn })),
        () => `rests on ${ids.join(', ')}`,
      );
  if (gate.kind === 'skipped') note(describeGate(gate).join());
  // Both are awaited after the pull; when that fails, that is what is told.
  passed.catch(() => undefined);
  shared.catch(() => undefined);
  return {
    passed,
    ids: () => ids,
    warnings,
    stop: async () => {
      over.abort(new ShiplockError('the release was given up', { fault: 'remote' }));
      await passed.catch(() => undefined);
    },
  };
}

const nothingToDo = ({ kind }: BackupGate): boolean => kind === 'none' || kind === 'skipped';

/** Takes and proves every backup, or throws. @returns their ids */
async function passBackups(
  { tools, config }: HostRun,
  gate: BackupGate,
  parts: {
    readonly deploy: string;
    readonly shared: Promise<void>;
    readonly tell: (text: string) => void;
    readonly warn: (text: string) => void;
  },
): Promise<readonly string[]> {
  if (gate.kind === 'given') return gate.ids;
  if (gate.kind !== 'take') return [];
  const { deploy, shared, tell, warn } = parts;
  gate.look.warnings.forEach(warn);
  const { signal } = tools;
  const run = { ...withPaths(gate.run, config.backup), deployId: deploy, signal, tell };
  const first = await takeAll(run, gate.look, warn);
  if (gate.later.length === 0) return first;
  await shared;
  const later = withPaths({ ...gate.run, databases: gate.later }, config.backup);
  const look = await onceUp({ ...later, signal }, tools);
  return [...first, ...(await takeAll({ ...run, databases: gate.later }, look, warn))];
}

async function takeAll(
  run: BackupRun,
  look: BackupLook,
  warn: (text: string) => void,
): Promise<readonly string[]> {
  if (look.planned.length === 0) return [];
  const outcomes = await takeBackups(run, look);
  const failed = outcomes.filter((outcome) => outcome.kind === 'failed');
  for (const outcome of outcomes) {
    if (outcome.kind === 'taken') afterwards(outcome).forEach(warn);
  }
  if (failed.length > 0) throw notBackedUp(failed);
  return outcomes.flatMap((outcome) => (outcome.kind === 'taken' ? [ofThis(run, outcome)] : []));
}

/** A copy that failed does not make the backup one that failed. */
function afterwards({
  manifest,
  after,
}: Extract<BackupOutcome, { kind: 'taken' }>): readonly string[] {
  const failures = after?.notCopied ?? [];
  return [
    ...(after?.warnings ?? []),
    ...failures.map(
      ({ vault, thrown }) => `${manifest.id} was not copied to ${vault}: ${messageOf(thrown)}`,
    ),
  ];
}

/** What the gate asks for is the manifest of this very deploy. */
function ofThis(
  { deployId }: BackupRun,
  { manifest }: { readonly manifest: BackupManifest },
): string {
  if (manifest.deployId === deployId) return manifest.id;
  throw new ShiplockError(`the backup ${manifest.id} is not of this deploy`, { fault: 'bug' });
}

function notBackedUp(failed: readonly Extract<BackupOutcome, { kind: 'failed' }>[]): ShiplockError {
  const told = failed.map(({ planned, thrown }) => {
    return `${sourceOf(planned.database.settings)}: ${messageOf(thrown)}`;
  });
  const hints = failed.flatMap(({ thrown }) =>
    thrown instanceof ShiplockError ? (thrown.hint ?? []) : [],
  );
  const [first] = failed.map(({ thrown }) => thrown);
  return new ShiplockError(
    `there is no proven backup, so nothing was released: ${told.join('; ')}`,
    {
      hint: [...new Set(hints), 'The old version serves on; nothing was migrated.'].join('\n'),
      fault: first instanceof ShiplockError ? first.fault : 'bug',
      cause: first,
    },
  );
}

/** Looks at databases whose service was started just now, until they answer. */
async function onceUp(run: BackupRun, { clock }: HostRun['tools']): Promise<BackupLook> {
  const deadline = clock.monotonic() + startMs;
  for (;;) {
    run.signal.throwIfAborted();
    const look = await lookAtDatabases(run).catch((thrown: unknown) => {
      if (clock.monotonic() > deadline) throw thrown;
      return null;
    });
    if (look !== null && look.problems.length === 0) return look;
    if (look !== null && clock.monotonic() > deadline) throw notReady(look);
    await clock.sleep(pauseMs, run.signal);
  }
}

function notReady({ problems }: BackupLook): ShiplockError {
  return new ShiplockError('a database that was started just now cannot be backed up', {
    hint: problems.map(describeProblem).join('\n'),
    fault: 'user',
  });
}

import type { RenderedSlot } from '../../domain/compose/slot';
import type { JournalRecord, Step } from '../../domain/records/journal';
import type { Plan } from '../../domain/records/plan';
import { messageOf, ShiplockError } from '../../errors';
import { engineSocket, keeperUser } from '../../domain/release/engine-access';
import { keeperLink, type KeeperLink } from '../../operations/release/keeper-link';
import { pullImages } from '../../operations/release/pull-images';
import { startKeeper } from '../../operations/release/start-keeper';
import type { LoggedStep } from '../../report/log-lines';
import { backUp } from './back-up';
import { bringShared, bringUp, pullSetting } from './bring-up';
import type { HostRun } from './deploy-tools';
import { followKeeper, type Followed } from './follow-keeper';
import type { HeldRelease } from './held-release';
import { holdingLease } from './hold-lease';
import { longestMs } from './make-plan';
import { MigrationFailure, type SchemaFacts } from './migrate';
import type { Tell } from './tell-step';
import { untilCancelled } from '../until-cancelled';

/** What became of the release on the host; `failure` is why the runner gave up before its go. */
export interface HostRelease extends Followed {
  readonly failure: ShiplockError | null;
  readonly schema: SchemaFacts;
  /** Ids of the backups that the release rests on, as far as it came. */
  readonly backups: readonly string[];
  /** What was noticed on the way there. */
  readonly warnings: readonly string[];
}

/**
 * S5 to S12: the runner brings the new slot up under the keeper's eyes, hands over, and follows to the end.
 * @param rendered null = the target's containers are there, and the keeper starts them
 * @param onKeeper called once the keeper runs: from here on another process can find it
 */
export async function releaseOnHost(
  run: HostRun,
  parts: Omit<HeldRelease, 'keeper'> & {
    readonly keeperHash: string;
    readonly rendered: RenderedSlot | null;
    readonly onKeeper: (container: string) => void;
  },
): Promise<HostRelease> {
  const link = keeperLink(run.tools.clock);
  const keeper = holdingLease(run, parts.before, parts.plan, () => raiseKeeper(run, parts));
  const line = keeper.then((container) => link.open(run.session.engine, container));
  const held = { ...parts, keeper };
  const over = new AbortController();
  const followed = keeper.then((container) => follow(run, parts.plan, container, over.signal));
  const ended = new AbortController();
  // All are awaited below; what they say before that is not unhandled.
  followed.then(
    ({ outcome }) => {
      ended.abort(endedEarly(outcome));
    },
    () => undefined,
  );
  line.catch(() => undefined);
  keeper.catch((thrown: unknown) => {
    ended.abort(thrown);
  });
  try {
    const signal = AbortSignal.any([run.tools.signal, ended.signal]);
    const watched = { ...run, tools: { ...run.tools, signal } };
    const brought = await tryBringUp(watched, held, parts.rendered, { link, line });
    if (brought.failure === null) sayTooLate(run);
    const { records, outcome } = await followed.catch((thrown: unknown) => {
      throw brought.failure ?? thrown;
    });
    return { records, outcome, ...brought };
  } finally {
    over.abort();
    link.close();
  }
}

/** The runner's half; whatever stops it before its go is told to the keeper, which undoes what there is. */
async function tryBringUp(
  run: HostRun,
  held: HeldRelease,
  rendered: RenderedSlot | null,
  { link, line }: { readonly link: KeeperLink; readonly line: Promise<void> },
): Promise<Pick<HostRelease, 'failure' | 'schema' | 'backups' | 'warnings'>> {
  const { id, schemaVersion } = held.plan.target.release;
  const tell = teller(run, link);
  const shared = bringShared(run, held);
  const backups = backUp(run, held, shared, tell);
  // S2 was over before there was a keeper to write it down.
  link.send({ kind: 'record', step: 'lease', phase: 'done', text: id });
  try {
    const work =
      rendered === null
        ? Promise.all([held.keeper, shared]).then(() => schemaVersion)
        : bringUp(run, held, rendered, { shared, backups, tell });
    const schema = await untilCancelled(run.tools.signal, work);
    await line;
    const { before: schemaBefore, after: schemaAfter } = schema;
    link.send({ kind: 'go', facts: { schemaBefore, schemaAfter, backups: [...backups.ids()] } });
    return { failure: null, schema, backups: backups.ids(), warnings: backups.warnings };
  } catch (thrown) {
    const failure =
      thrown instanceof ShiplockError
        ? thrown
        : new ShiplockError(messageOf(thrown), { fault: 'bug', cause: thrown });
    link.send({ kind: 'abort', reason: failure.message });
    const schema = thrown instanceof MigrationFailure ? thrown.schema : schemaVersion;
    await backups.stop();
    return { failure, schema, backups: backups.ids(), warnings: backups.warnings };
  }
}

/** Nobody watches over the new slot any more: nothing of it may be made. */
function endedEarly(outcome: Followed['outcome']): ShiplockError {
  const why = outcome?.reason ?? 'its keeper is gone';
  return new ShiplockError(`the release ended on the server before it was handed over: ${why}`, {
    hint: outcome?.hint ?? 'Run the deploy again.',
    fault: 'remote',
  });
}

/** From the go on a cancel changes nothing, and whoever cancels must not think that it did. */
function sayTooLate({ tools }: HostRun): void {
  const text = 'cancelled after the go: the server ends this release by itself';
  tools.signal.addEventListener(
    'abort',
    () => {
      tools.tell({ step: 'go', phase: 'note', text });
    },
    { once: true },
  );
}

async function raiseKeeper(
  run: HostRun,
  parts: Parameters<typeof releaseOnHost>[1],
): Promise<string> {
  const { engine } = run.session;
  const { signal } = run.tools;
  const { plan, keeperHash, before } = parts;
  const image = run.facts.keeperImage;
  signal.throwIfAborted();
  const id = await startKeeper(engine, plan, {
    image,
    hash: keeperHash,
    socket: engineSocket(before.seen.look.endpoint),
    user: keeperUser(before.seen.look, before.seen.rootless),
    configDir: before.stack.configDir,
    pull: (wanted) => untilCancelled(signal, pullImages(pullSetting(run, parts), [wanted])),
  });
  parts.onKeeper(id);
  return id;
}

/** Steps that the runner tells itself, as they happen; their echo from the journal is not told again. */
const runnerSteps: readonly Step[] = ['lease', 'pull', 'migrate', 'start'];

function follow(
  run: HostRun,
  plan: Plan,
  container: string,
  signal: AbortSignal,
): Promise<Followed> {
  const onRecord = (record: JournalRecord): void => {
    if (!runnerSteps.includes(record.step)) run.tools.tell(asAsked(plan, record));
  };
  // Before the go only the runner's own steps take time, and each of them has a deadline; a large dump and its proof take hours.
  const deadlineMs = longestMs(plan) + (run.config.backup.length > 0 ? 24 : 1) * 3_600_000;
  return followKeeper(run, container, { deadlineMs, signal, onRecord });
}

/** What a keeper calls deployed, somebody who rolls back calls rolled back. */
function asAsked({ kind, target }: Plan, record: JournalRecord): LoggedStep {
  if (kind === 'deploy' || record.outcome?.verdict !== 'deployed') return record;
  const { step, phase, outcome } = record;
  return { step, phase, text: `rolled back, ${outcome.state}: ${target.release.id} serves again` };
}

function teller({ tools }: HostRun, link: KeeperLink): Tell {
  return (step, phase, text, tookMs) => {
    const told = {
      step,
      phase,
      ...(text === undefined ? {} : { text }),
      ...(tookMs === undefined ? {} : { tookMs }),
    };
    tools.tell(told);
    if (phase !== 'note') link.send({ kind: 'record', ...told });
  };
}

import type { JournalRecord, Step } from '../domain/records/journal';
import type { RenderedSlot } from '../domain/compose/slot';
import type { Plan } from '../domain/records/plan';
import type { HostAddress } from '../config/host-address';
import { messageOf, ShiplockError } from '../errors';
import {
  clearSlot,
  createSlot,
  haveNetwork,
  haveVolume,
  startShared,
} from '../operations/create-slot';
import { keeperLink, type KeeperLink } from '../operations/keeper-link';
import { pullImages, type AuthFor } from '../operations/pull-images';
import { hostPath } from '../operations/release-files';
import { startKeeper } from '../operations/start-keeper';
import { startSlot } from '../operations/stop-slot';
import type { DeployTools, RunFacts, Session } from './deploy-tools';
import type { Stack } from './draft';
import { followKeeper, type Followed } from './follow-keeper';
import { longestMs } from './make-plan';
import { registryAuth } from './registry-auth';
import { migrate, type SchemaFacts } from './migrate';

/** Everything that is known when the lease is taken. */
export interface HeldRelease {
  readonly address: HostAddress;
  readonly plan: Plan;
  readonly stack: Stack;
  readonly facts: RunFacts;
  readonly keeperHash: string;
  /** null = the target's containers are there and are only started again, by the keeper. */
  readonly rendered: RenderedSlot | null;
  /** Shared services that do not run yet. */
  readonly missingShared: readonly string[];
  /** Called once the keeper runs: from here on `post` can find it. */
  readonly onKeeper: (container: string) => void;
}

/** What became of the release on the host; `failure` is why the runner gave up before its go. */
export interface HostRelease extends Followed {
  readonly failure: ShiplockError | null;
  readonly schema: SchemaFacts;
}

/** S5 to S12: the runner brings the new slot up under the keeper's eyes, hands over, and follows to the end. */
export async function releaseOnHost(
  session: Session,
  tools: DeployTools,
  held: HeldRelease,
): Promise<HostRelease> {
  const link = keeperLink(tools.clock);
  const over = new AbortController();
  const keeper = raiseKeeper(session, held, link);
  // It is awaited where it is needed; until then its failure must not count as unhandled.
  keeper.catch(() => undefined);
  let schema: SchemaFacts = { before: null, after: null };
  let failure: ShiplockError | null = null;
  let following: Promise<Followed> | null = null;
  try {
    const tell = teller(tools, link);
    const container = keeper.then((id) => {
      held.onKeeper(id);
      following = follow(session, tools, held, id, over.signal);
      return id;
    });
    container.catch(() => undefined);
    schema = await untilCancelled(tools.signal, bringUp(session, tools, held, tell, container));
    link.send({
      kind: 'go',
      facts: { schemaBefore: schema.before, schemaAfter: schema.after, backup: null },
    });
  } catch (thrown) {
    failure =
      thrown instanceof ShiplockError
        ? thrown
        : new ShiplockError(messageOf(thrown), { fault: 'bug', cause: thrown });
    link.send({ kind: 'abort', reason: failure.message });
  }
  const id = await keeper.catch(() => null);
  if (id === null) {
    link.close();
    throw failure ?? new ShiplockError('the keeper did not start', { fault: 'remote' });
  }
  try {
    const seen = await (following ?? follow(session, tools, held, id, over.signal));
    return { ...seen, failure, schema };
  } finally {
    over.abort();
    link.close();
  }
}

async function raiseKeeper(session: Session, held: HeldRelease, link: KeeperLink): Promise<string> {
  const { plan, facts, keeperHash, stack } = held;
  const id = await startKeeper(session.engine, plan, {
    image: facts.keeperImage,
    hash: keeperHash,
    user: '0:0',
    configDir: stack.configDir,
    auth: authOf(held)(facts.keeperImage),
  });
  await link.open(session.engine, id);
  return id;
}

function authOf({ facts, plan }: HeldRelease): AuthFor {
  return registryAuth(
    facts,
    plan.target.release.services.map(({ image }) => image),
  );
}

function follow(
  session: Session,
  tools: DeployTools,
  held: HeldRelease,
  container: string,
  signal: AbortSignal,
): Promise<Followed> {
  return followKeeper(
    tools,
    session,
    { address: held.address, docker: held.facts.docker, container },
    {
      deadlineMs: longestMs(held.plan) + 3_600_000,
      signal,
      onRecord: (record: JournalRecord) => {
        if (!runnerSteps.includes(record.step)) tools.tell(record);
      },
    },
  );
}

/** Steps that the runner tells itself, as they happen; their echo from the journal is not told again. */
const runnerSteps: readonly Step[] = ['lease', 'pull', 'migrate', 'start'];

type Tell = (
  step: Step,
  phase: 'intent' | 'done' | 'failed' | 'note',
  text?: string,
  tookMs?: number,
) => void;

function teller(tools: DeployTools, link: KeeperLink): Tell {
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

async function bringUp(
  session: Session,
  tools: DeployTools,
  held: HeldRelease,
  tell: Tell,
  keeper: Promise<string>,
): Promise<SchemaFacts> {
  const { plan, rendered } = held;
  const step = async <T>(
    name: Step,
    act: () => Promise<T>,
    say: (result: T) => string,
  ): Promise<T> => {
    const start = tools.clock.monotonic();
    tell(name, 'intent');
    try {
      const result = await act();
      tell(name, 'done', say(result), tools.clock.monotonic() - start);
      return result;
    } catch (thrown) {
      tell(name, 'failed', messageOf(thrown), tools.clock.monotonic() - start);
      throw thrown;
    }
  };
  if (rendered === null) {
    await keeper;
    return plan.target.release.schemaVersion;
  }
  await step(
    'pull',
    () => fetchAll(session, held, rendered, (text) => tell('pull', 'note', text)),
    (pulled) => `${plan.target.release.services.length} services, ${pulled.length} images pulled`,
  );
  // Nothing of the new release may exist while nobody watches over it.
  await keeper;
  await createNew(session, held, rendered);
  const schema =
    rendered.tasks.length === 0
      ? { before: null, after: null }
      : await step('migrate', () => migrate(session, plan, rendered.tasks), said);
  await step(
    'start',
    () => startSlot({ engine: session.engine, plan }, plan.target),
    (names) => `${plan.target.slot}: ${names.length} containers`,
  );
  return schema;
}

async function fetchAll(
  session: Session,
  held: HeldRelease,
  rendered: RenderedSlot,
  onProgress: (line: string) => void,
): Promise<readonly string[]> {
  const { plan, facts, stack, missingShared } = held;
  void rendered;
  const images = plan.target.release.services.map(({ image }) => image);
  const [pulled] = await Promise.all([
    pullImages(session.engine, images, authOf(held), onProgress),
    missingShared.length === 0
      ? Promise.resolve()
      : startShared(session.host, facts.docker, {
          project: stack.compose.name,
          directory: stack.directory,
          file: hostPath.sharedCompose(plan.base),
          services: missingShared,
        }),
  ]);
  return pulled;
}

async function createNew(
  session: Session,
  held: HeldRelease,
  rendered: RenderedSlot,
): Promise<void> {
  const { plan, facts } = held;
  const { engine } = session;
  await Promise.all([
    clearSlot(engine, plan, plan.target.slot, null),
    ...rendered.networks.map((network) => haveNetwork(engine, network)),
    ...rendered.volumes
      .filter(({ external }) => !external)
      .map((volume) => haveVolume(engine, volume)),
  ]);
  const file = `${hostPath.release(plan.base, plan.target.release.id)}/compose.json`;
  const services = Object.keys(rendered.document['services'] as object);
  await createSlot(session.host, facts.docker, { project: plan.target.project, file, services });
}

function said({ before, after }: SchemaFacts): string {
  if (before === null && after === null) return '';
  return before === after
    ? `schema stays at ${after ?? 'unknown'}`
    : `schema ${before ?? 'unknown'} → ${after ?? 'unknown'}`;
}

/** The work, or the reason of the cancel as soon as there is one; what was begun on the host is the keeper's to undo. */
function untilCancelled<T>(signal: AbortSignal, work: Promise<T>): Promise<T> {
  work.catch(() => undefined);
  return Promise.race([
    work,
    new Promise<never>((_, reject) => {
      const cancel = (): void => reject(signal.reason as Error);
      if (signal.aborted) cancel();
      else signal.addEventListener('abort', cancel, { once: true });
    }),
  ]);
}

import { awaitedHealthy } from '../../domain/compose/shared-services';
import type { RenderedSlot } from '../../domain/compose/slot';
import type { JoinedNetwork } from '../../domain/compose/slot-networks';
import { handedOver } from '../../domain/release/handed-over';
import { composeLabel } from '../../domain/release/labels';
import type { Plan } from '../../domain/records/plan';
import {
  clearSlot,
  createSlot,
  haveNetwork,
  haveVolume,
  startShared,
} from '../../operations/release/create-slot';
import { pullImages, type PullSetting } from '../../operations/release/pull-images';
import { hostPath } from '../../operations/release/release-files';
import { oneOf, startSlot } from '../../operations/release/stop-slot';
import { atMostEvery } from '../at-most-every';
import type { HostRun } from './deploy-tools';
import { migrate, type SchemaFacts } from './migrate';
import type { HeldRelease } from './held-release';
import type { BackupWork } from './back-up';
import { loginOf } from './login-of';
import { missingShared } from './preflight';
import { timed, type Tell } from './tell-step';

/** What goes on beside the pull, and who is told. */
interface BesideWork {
  /** Resolves once every shared service was started. */
  readonly shared: Promise<void>;
  readonly backups: BackupWork;
  readonly tell: Tell;
}

/** S3 to S7: backups beside the images and shared services, the new slot's containers, the migration, the start. */
export async function bringUp(
  run: HostRun,
  held: HeldRelease,
  rendered: RenderedSlot,
  { shared, backups, tell }: BesideWork,
): Promise<SchemaFacts> {
  const { engine } = run.session;
  const { plan } = held;
  const step = timed(run, tell);
  await step('pull', () => fetchAll(run, held, rendered, shared, tell), describePull(held));
  // The gate: what follows makes containers, migrates, and is switched to.
  await backups.passed;
  run.tools.signal.throwIfAborted();
  // Nothing of the new release may exist while nobody watches over it; what lies in its place may go.
  const cleared = clearSlot(engine, plan, plan.target.slot);
  await Promise.allSettled([held.keeper, cleared]);
  await Promise.all([held.keeper, cleared]);
  run.tools.signal.throwIfAborted();
  await createNew(run, held, rendered);
  const note = (text: string): void => {
    tell('migrate', 'note', text);
  };
  const schema =
    rendered.tasks.length === 0
      ? plan.target.release.schemaVersion
      : await step('migrate', () => migrate(engine, plan, rendered.tasks, note), describeSchema);
  // Only the keeper stops anything of the old version, because only it can be counted on to bring it back.
  const late = oneOf(handedOver(plan));
  await step(
    'start',
    () => startSlot({ engine, plan }, plan.target, (one) => !late(one)),
    (names) => `${plan.target.slot}: ${names.length} containers`,
  );
  return schema;
}

/** How images come to this host: credentials of the inputs are for the released images' registry only. */
export function pullSetting(
  run: HostRun,
  { plan, before }: Pick<HeldRelease, 'plan' | 'before'>,
): PullSetting {
  const images = plan.target.release.services.map(({ image }) => image);
  const login = loginOf(run, before.seen.look, images);
  return { ...run.session, docker: run.facts.docker, login };
}

async function fetchAll(
  run: HostRun,
  held: HeldRelease,
  rendered: RenderedSlot,
  shared: Promise<void>,
  tell: Tell,
): Promise<readonly string[]> {
  const { engine } = run.session;
  const { images } = rendered;
  const onProgress = atMostEvery(run.tools.clock, 5000, (text) => {
    tell('pull', 'note', text);
  });
  const [pulled] = await Promise.all([
    pullImages({ ...pullSetting(run, held), onProgress }, images),
    shared,
    ...rendered.networks.map((network) => haveNetwork(engine, network, {})),
  ]);
  return pulled;
}

/** Pulls and starts the shared services that do not run, if there are any. */
export async function bringShared(
  run: HostRun,
  held: Pick<HeldRelease, 'plan' | 'before'>,
): Promise<void> {
  const { session, facts } = run;
  const { plan, before } = held;
  const { compose, directory } = before.stack;
  const services = missingShared(before);
  if (services.length === 0) return;
  // Compose would pull them with the login of the server only.
  const images = services.flatMap((name) => compose.services[name]?.image ?? []);
  await pullImages(pullSetting(run, held), images);
  const file = hostPath.sharedCompose(plan.base);
  const awaited = awaitedHealthy(compose, services);
  const shared = { project: compose.name, directory, file, services, awaited };
  run.tools.signal.throwIfAborted();
  await startShared(session.host, facts.docker, shared);
}

function describePull({ plan, before }: HeldRelease): (pulled: readonly string[]) => string {
  const images = new Set(plan.target.release.services.map(({ image }) => image)).size;
  const shared = missingShared(before);
  const started = shared.length === 0 ? '' : `; started ${shared.join(', ')}`;
  return (pulled) => `${images} images, ${pulled.length} pulled${started}`;
}

async function createNew(run: HostRun, held: HeldRelease, rendered: RenderedSlot): Promise<void> {
  const { engine, host } = run.session;
  const { plan } = held;
  const volumes = rendered.volumes.filter(({ external }) => !external);
  const joined = rendered.joined.filter(({ external }) => !external);
  await Promise.all([
    ...joined.map((network) => haveNetwork(engine, network, teamLabels(plan, network))),
    ...volumes.map((volume) => haveVolume(engine, volume)),
  ]);
  await createSlot(host, run.facts.docker, {
    project: plan.target.project,
    file: `${hostPath.release(plan.base, plan.target.release.id)}/compose.json`,
    services: Object.keys(rendered.document['services'] as object),
  });
}

/** What Compose would have put on it, so that a later `docker compose up` knows the network as its own. */
function teamLabels({ project }: Plan, { key }: JoinedNetwork): Record<string, string> {
  return { [composeLabel.project]: project, [composeLabel.network]: key };
}

function describeSchema({ before, after }: SchemaFacts): string {
  if (before === null && after === null) return '';
  if (before === after) return `schema stays at ${after ?? 'unknown'}`;
  return `schema ${before === null || before === '' ? 'unknown' : before} → ${after ?? 'unknown'}`;
}

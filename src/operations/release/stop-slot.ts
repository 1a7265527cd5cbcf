import type { PlacedRelease } from '../../domain/records/plan';
import { findReplicas, type Replica } from './find-replicas';
import type { World } from './world';

/** Chooses among the containers of a release. */
export type Which = (replica: Pick<Replica, 'service'>) => boolean;

/** Services that the proxy sends nothing to. */
export const workers: Which = ({ service }) => service.port === undefined;
export const routed: Which = ({ service }) => service.port !== undefined;
const all: Which = () => true;

/** Services of these names. */
export const oneOf =
  (names: ReadonlySet<string>): Which =>
  ({ service }) =>
    names.has(service.name);

/** Stops containers of a release that still run, each with its grace; restart=no comes first, so that none returns by itself. */
export async function stopSlot(
  world: World,
  placed: PlacedRelease,
  which: Which = all,
): Promise<readonly string[]> {
  const replicas = (await findReplicas(world.engine, world.plan, placed)).filter(which);
  // restart=no must be on the disk before the stop: a daemon restart in between would bring it back (moby#12118).
  await Promise.all(replicas.map(({ id }) => world.engine.setRestartPolicy(id, 'no')));
  const running = replicas.filter(({ state }) => state === 'running' || state === 'restarting');
  await Promise.all(
    running.map(({ id, service }) =>
      world.engine.stopContainer(id, Math.ceil(service.stopGraceMs / 1000)),
    ),
  );
  return running.map(({ name }) => name);
}

/** Gives a slot's containers the restart policy that the team's compose file asks for. */
export async function applyRestartPolicy(
  world: World,
  placed: PlacedRelease,
  which: Which = all,
): Promise<void> {
  const replicas = (await findReplicas(world.engine, world.plan, placed)).filter(which);
  await Promise.all(
    replicas.map(({ id, service: { restart } }) =>
      world.engine.setRestartPolicy(id, restart.Name, restart.MaximumRetryCount),
    ),
  );
}

/** Starts a slot's containers that do not run; routed services first, then workers. */
export async function startSlot(
  world: Pick<World, 'engine' | 'plan'>,
  placed: PlacedRelease,
  which: Which = all,
): Promise<readonly string[]> {
  const replicas = (await findReplicas(world.engine, world.plan, placed)).filter(which);
  const down = replicas.filter(({ state }) => state === 'created' || state === 'exited');
  for (const group of [down.filter(routed), down.filter(workers)]) {
    await Promise.all(group.map(({ id }) => world.engine.startContainer(id)));
  }
  return down.map(({ name }) => name);
}

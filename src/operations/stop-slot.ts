import type { PlacedRelease } from '../domain/records/plan';
import { findReplicas, type Replica } from './find-replicas';
import type { World } from './world';

/** Stops containers of a release that still run, each with its grace; restart=no comes first, so that none returns by itself. */
export async function stopSlot(
  world: World,
  placed: PlacedRelease,
  which: (replica: Replica) => boolean,
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
export async function applyRestartPolicy(world: World, placed: PlacedRelease): Promise<void> {
  const replicas = await findReplicas(world.engine, world.plan, placed);
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
): Promise<readonly string[]> {
  const replicas = await findReplicas(world.engine, world.plan, placed);
  const down = replicas.filter(({ state }) => state === 'created' || state === 'exited');
  const routed = down.filter(({ service }) => service.port !== undefined);
  const workers = down.filter(({ service }) => service.port === undefined);
  for (const group of [routed, workers]) {
    await Promise.all(group.map(({ id }) => world.engine.startContainer(id)));
  }
  return down.map(({ name }) => name);
}

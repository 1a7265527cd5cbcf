import type { PlacedRelease } from '../../domain/records/plan';
import { findReplicas } from './find-replicas';
import type { World } from './world';

/** Restart counts of a slot's containers, to notice later that one died and came back. */
export type RestartCounts = ReadonlyMap<string, number>;

export async function countRestarts(world: World, placed: PlacedRelease): Promise<RestartCounts> {
  const replicas = await findReplicas(world.engine, world.plan, placed);
  const details = await Promise.all(replicas.map(({ id }) => world.engine.inspectContainer(id)));
  return new Map(details.map(({ id, restartCount }) => [id, restartCount]));
}

/** What went wrong with a slot's containers since `before`; null = nothing, or the engine could not say. */
export async function findTrouble(
  world: World,
  placed: PlacedRelease,
  before: RestartCounts,
): Promise<{ readonly reason: string; readonly culprits: readonly string[] } | null> {
  try {
    const replicas = await findReplicas(world.engine, world.plan, placed);
    for (const { id, name } of replicas) {
      const { state, restartCount } = await world.engine.inspectContainer(id);
      const known = before.get(id) ?? 0;
      if (restartCount > known)
        return { reason: `${name} crashed and was restarted`, culprits: [id] };
      if (!state.running)
        return { reason: `${name} ${state.status} with code ${state.exitCode}`, culprits: [id] };
      if (state.health?.status === 'unhealthy')
        return { reason: `${name} became unhealthy`, culprits: [id] };
    }
    return null;
  } catch {
    // An engine that stalls is no verdict on the release.
    return null;
  }
}

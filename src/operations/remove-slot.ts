import { label } from '../domain/release/labels';
import type { ContainerSummary } from '../platform/docker-api/types';
import type { World } from './world';

const secondsToStop = 10;

/**
 * Removes every container that this deploy made. A migration that runs is waited for, never cut. Repeats until two looks
 * `settleMs` apart find nothing, because a `docker compose create` may still be at work for a runner that is gone.
 */
export async function removeSlot(world: World, settleMs: number): Promise<number> {
  let removed = 0;
  for (let quiet = 0; quiet < 2;) {
    const containers = await world.engine.listContainers({
      labels: [`${label.deploy}=${world.plan.deploy}`],
      all: true,
    });
    await Promise.all(containers.map((container) => removeContainer(world, container)));
    removed += containers.length;
    quiet = containers.length === 0 ? quiet + 1 : 0;
    if (settleMs === 0 && quiet > 0) break;
    if (quiet < 2) await world.clock.sleep(quiet === 0 ? 0 : settleMs);
  }
  return removed;
}

async function removeContainer(world: World, container: ContainerSummary): Promise<void> {
  if (container.labels[label.role] === 'task') await world.engine.waitContainer(container.id);
  else await world.engine.stopContainer(container.id, secondsToStop);
  await world.engine.removeContainer(container.id, { force: true });
}

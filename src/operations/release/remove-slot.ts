import { label } from '../../domain/release/labels';
import type { ContainerSummary } from '../../platform/docker-api/types';
import { unlessStatus } from './unless-status';
import type { World } from './world';

const secondsToStop = 10;
/** Nobody knows how long a migration may take; what matters is that it is not cut. */
const longestTaskMs = 24 * 3_600_000;

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
    // 404: somebody else was faster.
    await Promise.all(containers.map((one) => unlessStatus(404, removeContainer(world, one))));
    removed += containers.length;
    quiet = containers.length === 0 ? quiet + 1 : 0;
    if (settleMs === 0 && quiet > 0) break;
    if (quiet < 2) await world.clock.sleep(quiet === 0 ? 0 : settleMs);
  }
  return removed;
}

async function removeContainer({ engine, plan }: World, found: ContainerSummary): Promise<void> {
  const { id, labels } = found;
  if (labels[label.role] === 'task') {
    await engine.waitContainer(id, { timeoutMs: longestTaskMs });
  } else {
    // Before the stop: a daemon that restarts in between would bring it back (moby#12118).
    await engine.setRestartPolicy(id, 'no');
    await engine.stopContainer(id, graceOf(plan, labels[label.service]));
  }
  await engine.removeContainer(id, { force: true });
}

/** A worker may be at work on a job from its first second on, whether the proxy ever sent it a request or not. */
function graceOf({ target }: World['plan'], service: string | undefined): number {
  const found = target.release.services.find(({ name }) => name === service);
  return found === undefined ? secondsToStop : Math.ceil(found.stopGraceMs / 1000);
}

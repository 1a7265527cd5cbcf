import type { Release } from '../../domain/records/release';
import { whatToPrune } from '../../domain/release/what-to-prune';
import { label, ofApp } from '../../domain/release/labels';
import { findReplicas } from './find-replicas';
import { pruneImages } from './prune-images';
import { hostPath, readLedger } from './release-files';
import type { World } from './world';

/** Removes what no rollback needs any more: containers, records and images of old releases. Never anything of another app or environment. */
export async function pruneReleases(
  world: World,
  keep: readonly string[],
): Promise<readonly string[]> {
  const { plan, files } = world;
  const ledger = await readLedger(files, plan.base);
  const { releases, images } = whatToPrune(ledger, { keep, retain: plan.retain });
  await removeContainersExcept(world, keep);
  const adopted = releases.find(({ slot }) => slot === 'adopted');
  if (adopted !== undefined) await removeAdopted(world, adopted);
  await pruneImages(world, images);
  for (const { id, deploy } of releases) {
    await files.remove(hostPath.release(plan.base, id));
    await files.remove(hostPath.journal(plan.base, deploy));
    await files.remove(hostPath.plan(plan.base, deploy));
  }
  return releases.map(({ id }: Release) => id);
}

async function removeContainersExcept(world: World, keep: readonly string[]): Promise<void> {
  const { engine, plan } = world;
  const ours = await engine.listContainers({
    labels: ofApp(plan.app, plan.environment),
    all: true,
  });
  const old = ours.filter(({ labels }) => {
    const id = labels[label.release];
    const task = labels[label.role] === 'task';
    return labels[label.keeper] === undefined && id !== undefined && (task || !keep.includes(id));
  });
  for (const { id, state } of old) {
    // Only what stands still: a container that runs belongs to somebody.
    if (state !== 'running') await engine.removeContainer(id, {});
  }
}

/** What ran before the first release, once no rollback can come to it any more; volumes stay, anonymous ones too. */
async function removeAdopted({ engine, plan }: World, release: Release): Promise<void> {
  const placed = { slot: release.slot, project: plan.project, release };
  for (const { id, state } of await findReplicas(engine, plan, placed)) {
    if (state === 'exited' || state === 'created') await engine.removeContainer(id, {});
  }
}

/** Removes the containers of keepers that have ended, this one's own left out. */
export async function removeEndedKeepers({ engine, plan }: World): Promise<void> {
  const keepers = await engine.listContainers({
    labels: [...ofApp(plan.app, plan.environment), label.keeper],
    all: true,
  });
  for (const { id, state, labels } of keepers) {
    // `created`: its runner died before it could start it.
    const over = state === 'exited' || state === 'created';
    if (over && labels[label.keeper] !== plan.deploy) await engine.removeContainer(id, {});
  }
}

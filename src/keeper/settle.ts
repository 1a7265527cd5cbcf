import { drainSlot } from '../operations/release/drain-slot';
import { hostState } from '../domain/records/state';
import { pruneReleases } from '../operations/release/prune-releases';
import { hostPath, readLedger, readRecord } from '../operations/release/release-files';
import { startSlot, stopSlot, workers } from '../operations/release/stop-slot';
import { messageOf } from '../errors';
import type { PlacedRelease } from '../domain/records/plan';
import { timesBegun, type Keep } from './keep';

const pauseMs = 2000;

/** S11 and S12: whatever fails here leaves the new version serving, with a warning. */
export async function settle(keep: Keep, switchedAt: number): Promise<void> {
  const { live, target } = keep.plan;
  if (timesBegun(keep) > 1) {
    await warnOnly(keep, 'the new version could not be started again', () =>
      persist(keep, async () => {
        await startSlot(keep, target);
      }),
    );
  }
  if (live === null) return;
  await warnOnly(keep, 'the old version could not be drained', () =>
    drainOld(keep, live, switchedAt),
  );
  await warnOnly(keep, 'the old version could not be stopped', () => stopOld(keep, live));
  await warnOnly(keep, 'what ran before the first release could not be stopped', () =>
    persist(keep, () => stopAdopted(keep)),
  );
}

async function drainOld(keep: Keep, live: PlacedRelease, switchedAt: number): Promise<void> {
  const { plan, journal, clock } = keep;
  await journal.write('drain', 'intent');
  await clock.sleep(plan.lingerMs - (clock.monotonic() - switchedAt));
  const open = await drainSlot(keep, live, plan.drainMs, (text) => journal.note('drain', text));
  if (open > 0) keep.warnings.push(`${open} connections were still open when drain was over`);
  await journal.write('drain', 'done', {
    text: open === 0 ? 'no connection is open' : `${open} connections still open`,
  });
}

async function stopOld(keep: Keep, live: PlacedRelease): Promise<void> {
  const { plan, journal } = keep;
  await journal.write('stop', 'intent');
  const which = plan.keepOld === 'running' ? workers : undefined;
  const stopped = await persist(keep, () => stopSlot(keep, live, which));
  await journal.write('stop', 'done', {
    text: stopped.length === 0 ? 'nothing ran' : stopped.join(', '),
  });
}

/**
 * What ran before the first release was kept warm for the way back, and is two releases old now. A slot of ours would be
 * cleared for the next release; this one nobody takes.
 */
async function stopAdopted(keep: Keep): Promise<void> {
  const { plan, files } = keep;
  const { live, target, project, base } = plan;
  if (plan.keepOld !== 'running' || [live, target].some((one) => one?.slot === 'adopted')) return;
  const state = await readRecord(files, hostPath.state(base), hostState);
  const release = (await readLedger(files, base)).find(({ slot }) => slot === 'adopted');
  if (state?.previous?.slot !== 'adopted' || release === undefined) return;
  await stopSlot(keep, { slot: 'adopted', project, release });
}

/** S12: old containers, records and images that no rollback needs go. */
export async function prune(keep: Keep): Promise<void> {
  const { plan, journal } = keep;
  await warnOnly(keep, 'pruning did not finish', async () => {
    await journal.write('prune', 'intent');
    const live = plan.live?.release.id;
    const pruned = await pruneReleases(
      keep,
      live === undefined ? [plan.target.release.id] : [plan.target.release.id, live],
    );
    await journal.write('prune', 'done', {
      text: pruned.length === 0 ? 'nothing to prune' : pruned.join(', '),
    });
  });
}

/** One call that fails is no reason to leave old workers at work. */
async function persist<T>({ clock }: Keep, act: () => Promise<T>): Promise<T> {
  for (let left = 2; ; left -= 1) {
    try {
      return await act();
    } catch (thrown) {
      if (left === 0) throw thrown;
      await clock.sleep(pauseMs);
    }
  }
}

async function warnOnly(keep: Keep, what: string, act: () => Promise<void>): Promise<void> {
  try {
    await act();
  } catch (thrown) {
    keep.warnings.push(`${what}: ${messageOf(thrown)}`);
  }
}

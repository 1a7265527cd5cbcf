import { drainSlot } from '../operations/drain-slot';
import { pruneReleases } from '../operations/prune-releases';
import { stopSlot } from '../operations/stop-slot';
import { messageOf } from '../errors';
import type { Keep } from './keep';

/** S11 and S12: whatever fails here leaves the new version serving, with a warning. */
export async function settle(keep: Keep, switchedAt: number): Promise<void> {
  await warnOnly(keep, 'the old version could not be stopped', () => retireOld(keep, switchedAt));
}

async function retireOld(keep: Keep, switchedAt: number): Promise<void> {
  const { plan, journal, clock } = keep;
  if (plan.live === null) return;
  await journal.write('drain', 'intent');
  await clock.sleep(plan.lingerMs - (clock.monotonic() - switchedAt));
  const open = await drainSlot(keep, plan.live, plan.drainMs, (text) =>
    keep.journal.note('drain', text),
  );
  if (open > 0) keep.warnings.push(`${open} connections were still open when drain was over`);
  await journal.write('drain', 'done', {
    text: open === 0 ? 'no connection is open' : `${open} connections still open`,
  });
  await journal.write('stop', 'intent');
  const warm = plan.keepOld === 'running';
  const stopped = await stopSlot(
    keep,
    plan.live,
    ({ service }) => !warm || service.port === undefined,
  );
  await journal.write('stop', 'done', {
    text: stopped.length === 0 ? 'nothing ran' : stopped.join(', '),
  });
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

async function warnOnly(keep: Keep, what: string, act: () => Promise<void>): Promise<void> {
  try {
    await act();
  } catch (thrown) {
    keep.warnings.push(`${what}: ${messageOf(thrown)}`);
  }
}

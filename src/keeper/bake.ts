import { StepFailure, type Keep } from './keep';
import { watchTarget, type Watch } from './watch';

/** S10: the checks pass in a row through the route, and go on passing until the bake is over; throws at the first that does not hold. */
export async function bakeTarget(keep: Keep, switchedAt: number): Promise<void> {
  const { plan, clock } = keep;
  const over = new AbortController();
  const watch = await watchTarget(keep, over.signal);
  try {
    await inStep(keep, 'check', () => until(keep, watch, () => watch.passing()));
    const baked = (): boolean => clock.monotonic() - switchedAt >= plan.bakeMs;
    await inStep(keep, 'bake', () => until(keep, watch, () => baked() && watch.passing()));
  } finally {
    over.abort();
  }
}

async function inStep(keep: Keep, step: 'check' | 'bake', act: () => Promise<void>): Promise<void> {
  await keep.journal.write(step, 'intent');
  try {
    await act();
  } catch (thrown) {
    // Not awaited: between a bad verdict and the old version serving again, no disk write stands in the way, not even one that fails.
    if (thrown instanceof StepFailure)
      keep.journal.write(step, 'failed', { text: thrown.message }).catch(() => undefined);
    throw thrown;
  }
  await keep.journal.write(step, 'done');
}

/** Returns when `holds` is true; throws as soon as the watch fails or somebody asks for the way back. */
async function until(keep: Keep, watch: Watch, holds: () => boolean): Promise<void> {
  while (!holds()) {
    if (keep.inbox.back !== null) throw new StepFailure(keep.inbox.back);
    await Promise.race([keep.inbox.sleep(20), watch.failed]);
  }
}

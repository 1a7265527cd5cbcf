import { checkEpoch } from './check-epoch';
import { StepFailure, timesBegun, type Keep } from './keep';

/** How soon a lease that was taken over is seen. */
const lookMs = 5000;

/** Waits until the runner hands over, which with a large backup takes hours; throws when it aborts, is silent for too long, or has the lease no more. */
export async function waitForGo(keep: Keep): Promise<void> {
  const { inbox, journal, plan, clock } = keep;
  if (journal.has('go', 'done')) return;
  if (timesBegun(keep) > 1) {
    throw new StepFailure(
      'the server or its Docker restarted before the new version was ready',
      [],
      'Run the deploy again.',
    );
  }
  let lookedAt = clock.monotonic();
  for (;;) {
    if (clock.monotonic() - lookedAt >= lookMs) {
      await checkEpoch(keep);
      lookedAt = clock.monotonic();
    }
    const unwanted = inbox.abort ?? inbox.back;
    if (unwanted !== null) throw new StepFailure(unwanted);
    if (inbox.go !== null) return journal.write('go', 'done', { facts: inbox.go });
    const silentMs = clock.monotonic() - inbox.lastHeard;
    if (silentMs > plan.silenceMs) {
      throw new StepFailure(
        `the runner has been silent for ${Math.round(silentMs / 1000)} s`,
        [],
        'Run the deploy again.',
      );
    }
    await inbox.sleep(250);
  }
}

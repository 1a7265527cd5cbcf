import type { VerifyCheck } from '../domain/records/plan';
import { countRestarts, findTrouble } from '../operations/release/watch-replicas';
import { checkRoute } from '../operations/release/watch-route';
import { StepFailure, type Keep } from './keep';

const replicaIntervalMs = 1000;

/** A running watch over a slot that serves. */
export interface Watch {
  /** Every check has passed as often in a row as it must. */
  passing(): boolean;
  /** Rejects with a StepFailure at the first thing that does not hold; never resolves. */
  readonly failed: Promise<never>;
}

/** Starts to check the new slot through the route, and its containers, until the signal is aborted. */
export async function watchTarget(keep: Keep, signal: AbortSignal): Promise<Watch> {
  const before = await countRestarts(keep, keep.plan.target);
  const passing = new Set<VerifyCheck>();
  const loops = [
    ...keep.plan.verify.map((check) => watchCheck(keep, check, passing, signal)),
    watchReplicas(keep, before, signal),
  ];
  const failed = Promise.all(loops).then(() => new Promise<never>(() => undefined));
  failed.catch(() => undefined);
  return { passing: () => keep.plan.verify.every((check) => passing.has(check)), failed };
}

async function watchCheck(
  keep: Keep,
  check: VerifyCheck,
  passing: Set<VerifyCheck>,
  signal: AbortSignal,
): Promise<void> {
  let passes = 0;
  let failures = 0;
  // What never passed, or a proxy that cannot be reached, must not bake for ever.
  let lastPass = keep.clock.monotonic();
  while (!signal.aborted) {
    const { verdict, said } = await checkRoute(keep, check, keep.transcript);
    if (isOver(signal)) return;
    if (verdict === 'pass') {
      passes += 1;
      failures = 0;
      lastPass = keep.clock.monotonic();
      if (passes >= check.successes) passing.add(check);
    } else {
      passing.delete(check);
      passes = 0;
      failures += verdict === 'fail' ? 1 : 0;
      keep.journal.note('bake', `${check.url}: ${said}`);
      if (failures >= check.failures)
        throw new StepFailure(`${check.url} failed ${failures} times in a row: ${said}`);
      if (keep.clock.monotonic() - lastPass > check.deadlineMs) {
        throw new StepFailure(
          `${check.url} did not pass within ${Math.round(check.deadlineMs / 1000)} s: ${said}`,
        );
      }
    }
    await keep.clock.sleep(check.intervalMs, signal);
  }
}

async function watchReplicas(
  keep: Keep,
  before: Awaited<ReturnType<typeof countRestarts>>,
  signal: AbortSignal,
): Promise<void> {
  while (!signal.aborted) {
    const trouble = await findTrouble(keep, keep.plan.target, before);
    if (trouble !== null && !isOver(signal))
      throw new StepFailure(trouble.reason, trouble.culprits);
    await keep.clock.sleep(replicaIntervalMs, signal);
  }
}

/** Asked anew after a wait, when it may have changed. */
function isOver(signal: AbortSignal): boolean {
  return signal.aborted;
}

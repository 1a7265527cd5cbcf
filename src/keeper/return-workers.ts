import { handedOver } from '../domain/release/handed-over';
import { EngineError, messageOf } from '../errors';
import type { PlacedRelease } from '../domain/records/plan';
import {
  applyRestartPolicy,
  oneOf,
  startSlot,
  stopSlot,
  workers,
} from '../operations/release/stop-slot';
import type { Keep } from './keep';

/**
 * The workers' way back: those that must not run twice change places again, also when an earlier keeper or deploy left them
 * stopped. @param moved the new version had traffic: its other workers stop at once too, before they take on more work
 */
export async function returnWorkers(keep: Keep, moved: boolean): Promise<void> {
  const { live, target } = keep.plan;
  if (live === null) return;
  const taken = oneOf(handedOver(keep.plan));
  await Promise.all([
    takeBack(keep, live),
    moved ? stopSlot(keep, target, (one) => workers(one) && !taken(one)) : undefined,
  ]);
}

async function takeBack(keep: Keep, live: PlacedRelease): Promise<void> {
  const names = handedOver(keep.plan);
  if (names.size === 0) return;
  const taken = oneOf(names);
  try {
    await stopSlot(keep, keep.plan.target, taken);
    await startSlot(keep, live, taken);
    await applyRestartPolicy(keep, live, taken);
  } catch (thrown) {
    // What the engine refuses it will refuse again; a lost call is made again by the keeper that begins anew.
    if (!(thrown instanceof EngineError)) throw thrown;
    keep.warnings.push(
      `${[...names].join(', ')} of the old version could not be started again: ${messageOf(thrown)}`,
    );
  }
}

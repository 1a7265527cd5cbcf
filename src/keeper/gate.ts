import { EngineError } from '../errors';
import { compareImages } from '../operations/compare-images';
import { gateReplicas } from '../operations/gate-replicas';
import { startSlot } from '../operations/stop-slot';
import { StepFailure, timesBegun, type Keep } from './keep';

/**
 * S8: every replica of the new slot is ready, or the step fails with the culprits' logs.
 * @returns whether the containers ran all along, at the addresses that the proxy may still know
 */
export async function gateTarget(keep: Keep): Promise<boolean> {
  const { journal, plan } = keep;
  await journal.write('gate', 'intent');
  const again = plan.startTarget || timesBegun(keep) > 1;
  const started = again ? await heed(keep, () => startSlot(keep, plan.target)) : [];
  // Containers that were good and never stopped only have to be alive.
  const warm = plan.startTarget && timesBegun(keep) === 1 && started.length === 0;
  const foreign = await heed(keep, () => compareImages(keep, plan.target));
  if (foreign !== null) return refuse(keep, foreign, []);
  const gate = await gateReplicas(keep, plan.target, {
    transcript: keep.transcript,
    onNews: (text) => {
      journal.note('gate', text);
    },
    passes: warm ? 1 : undefined,
  });
  if (gate.open) {
    await journal.write('gate', 'done', { text: `${gate.replicas} replicas are ready` });
    return warm;
  }
  return refuse(keep, gate.reason, gate.culprits);
}

/** What the engine refuses now it will refuse again, and is a verdict; a lost call says nothing. */
async function heed<T>(keep: Keep, act: () => Promise<T>): Promise<T> {
  try {
    return await act();
  } catch (thrown) {
    if (thrown instanceof EngineError) return refuse(keep, thrown.message, []);
    throw thrown;
  }
}

async function refuse(
  { journal }: Keep,
  reason: string,
  culprits: readonly string[],
): Promise<never> {
  await journal.write('gate', 'failed', { text: reason });
  const hint = journal.has('switch', 'done')
    ? null
    : 'Look at the last lines of the container; nothing of the new version reached your users.';
  throw new StepFailure(reason, culprits, hint);
}

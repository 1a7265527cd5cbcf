import { handedOver } from '../domain/release/handed-over';
import { compareImages } from '../operations/release/compare-images';
import { findReplicas } from '../operations/release/find-replicas';
import { gateReplicas } from '../operations/release/gate-replicas';
import { oneOf, routed, startSlot, type Which } from '../operations/release/stop-slot';
import { timesBegun, type Keep } from './keep';
import { heed, refuse } from './refuse';

/**
 * S8: every replica of the new slot that can run beside the old one is ready, or the step fails with the culprits' logs.
 * @returns whether the routed containers ran all along, at the addresses that the proxy may still know: then only they were
 * asked, and the workers come after the switch
 */
export async function gateTarget(keep: Keep): Promise<boolean> {
  const { journal, plan } = keep;
  await journal.write('gate', 'intent');
  const warm = await heed(keep, 'gate', () => isWarm(keep));
  const late = oneOf(handedOver(plan));
  const first: Which = warm ? routed : (one) => !late(one);
  if (plan.startTarget || timesBegun(keep) > 1)
    await heed(keep, 'gate', () => startSlot(keep, plan.target, first));
  const foreign = await heed(keep, 'gate', () => compareImages(keep, plan.target));
  if (foreign !== null) return refuse(keep, 'gate', foreign);
  const gate = await gateReplicas(keep, plan.target, {
    transcript: keep.transcript,
    onNews: (text) => {
      journal.note('gate', text);
    },
    which: first,
    // Containers that were good and never stopped only have to be alive.
    passes: () => (warm ? 1 : undefined),
  });
  if (!gate.open) return refuse(keep, 'gate', gate.reason, gate.culprits);
  await journal.write('gate', 'done', { text: `${gate.replicas} replicas are ready` });
  return warm;
}

async function isWarm(keep: Keep): Promise<boolean> {
  const { engine, plan } = keep;
  if (!plan.startTarget || timesBegun(keep) > 1) return false;
  const replicas = await findReplicas(engine, plan, plan.target);
  return replicas.filter(routed).every(({ state }) => state === 'running');
}

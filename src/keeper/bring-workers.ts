import { handedOver } from '../domain/release/handed-over';
import { gateReplicas } from '../operations/release/gate-replicas';
import { oneOf, startSlot, stopSlot, workers, type Which } from '../operations/release/stop-slot';
import { checkEpoch } from './check-epoch';
import type { Keep } from './keep';
import { heed, refuse } from './refuse';

/**
 * Brings the workers that had to wait: each service that must not run twice, once its old container has stopped, and after a
 * warm switch all the others. Then every replica has to be ready. Begun again it goes on where it was.
 */
export async function bringWorkers(keep: Keep, warm: boolean): Promise<void> {
  const { plan, journal } = keep;
  const names = handedOver(plan);
  if (!warm && names.size === 0) return;
  const taken = oneOf(names);
  const late: Which = warm ? workers : taken;
  await journal.write('workers', 'intent');
  await checkEpoch(keep);
  await heed(keep, 'workers', () => startLate(keep, late, taken));
  const gate = await gateReplicas(keep, plan.target, {
    transcript: keep.transcript,
    onNews: (text) => {
      journal.note('workers', text);
    },
    // The others were ready before; while an old worker took its time to stop, one may have died.
    passes: (service) => (late({ service }) ? undefined : 1),
  });
  if (!gate.open) return refuse(keep, 'workers', gate.reason, gate.culprits);
  const brought = plan.target.release.services.filter((service) => late({ service }));
  const text = brought.length === 0 ? 'there are none' : brought.map(({ name }) => name).join(', ');
  await journal.write('workers', 'done', { text });
}

async function startLate(keep: Keep, late: Which, taken: Which): Promise<void> {
  const { live, target } = keep.plan;
  await startSlot(keep, target, (one) => late(one) && !taken(one));
  if (live !== null) await stopSlot(keep, live, taken);
  await startSlot(keep, target, taken);
}

import { gateReplicas } from '../operations/gate-replicas';
import { startSlot } from '../operations/stop-slot';
import { StepFailure, timesBegun, type Keep } from './keep';

/** S8: every replica of the new slot is ready, or the step fails with the culprits' logs. */
export async function gateTarget(keep: Keep): Promise<void> {
  const { journal, plan } = keep;
  await journal.write('gate', 'intent');
  if (plan.startTarget || timesBegun(keep) > 1) await startSlot(keep, plan.target);
  const closed = await gateReplicas(keep, plan.target, keep.transcript, (text) => {
    journal.note('gate', text);
  });
  if (closed === null) return journal.write('gate', 'done');
  await journal.write('gate', 'failed', { text: closed.reason });
  throw new StepFailure(
    closed.reason,
    closed.culprits,
    'Look at the last lines of the container below; nothing reached your users.',
  );
}

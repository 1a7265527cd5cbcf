import { messageOf } from '../errors';
import { markerChange, slotOf } from '../domain/proxy/markers';
import type { Outcome } from '../domain/records/journal';
import type { Plan } from '../domain/records/plan';
import { collectLogs } from '../operations/release/collect-logs';
import { drainSlot } from '../operations/release/drain-slot';
import { removeSlot } from '../operations/release/remove-slot';
import { stopSlot } from '../operations/release/stop-slot';
import { findReplicas } from '../operations/release/find-replicas';
import { readMarkers, readSlotMarkers } from '../operations/release/switch-traffic';
import { findTrouble } from '../operations/release/watch-replicas';
import { goBack } from './go-back';
import type { Keep, StepFailure } from './keep';
import { returnWorkers } from './return-workers';

/** Ends a release that did not hold: traffic back to the old slot where it had moved, then the new slot away. */
export async function retreat(keep: Keep, failure: StepFailure): Promise<Outcome> {
  const moved = await hasMoved(keep);
  const back = moved ? await goBack(keep) : null;
  const blamed = moved ? await blame(keep, failure) : failure;
  const logs = await collectLogs(keep, blamed.culprits);
  const ended = {
    reason: blamed.message,
    hint: failure.hint ?? hintFor(keep.plan),
    warnings: keep.warnings,
    logs,
    transcript: [...keep.transcript.lines],
  };
  if (back !== null) {
    return {
      ...ended,
      verdict: 'unproven',
      state: 'UNKNOWN',
      reason: `${blamed.message}; and the way back is not proven: ${back}`,
      hint: await hintForUnproven(keep),
    };
  }
  await keep.journal.write('undo', 'intent');
  await Promise.all([
    returnWorkers(keep, moved),
    moved && keep.plan.live !== null ? drainTarget(keep) : undefined,
  ]);
  await undo(keep);
  return moved && keep.plan.live !== null
    ? { ...ended, verdict: 'rolled-back', state: 'BACK' }
    : { ...ended, verdict: 'failed', state: 'BLUE' };
}

/** A keeper that died on the way back has moved traffic too, and proves the way back again. */
async function hasMoved(keep: Keep): Promise<boolean> {
  const { journal, plan } = keep;
  const was = journal.has('switch', 'done') || journal.has('switch', 'failed');
  return was || journal.has('back', 'intent') || (await readSlotMarkers(keep)) === plan.target.slot;
}

function hintFor({ live }: Plan): string {
  const serves = live === null ? 'Nothing serves, as before.' : 'The old version serves.';
  return `${serves} Correct what is wrong in the new one, and deploy it as a version of its own.`;
}

/** Where requests go now, and how a person sends them back; the next deploy needs markers and records to agree. */
async function hintForUnproven(keep: Keep): Promise<string> {
  const { proxy, target, live } = keep.plan;
  const left = 'Both versions were left as they are.';
  const markers = await readMarkers(keep);
  const change = markerChange(markers, live?.slot ?? 'adopted');
  if (change === null)
    return `${left} Requests go to ${slotOf(markers)} again, but the proxy does not confirm it. Look at the proxy, then deploy again.`;
  const command = `${change.present ? 'touch' : 'rm'} ${proxy.markers}/${change.file}`;
  return `${left} Requests still go to ${target.slot}. Mend the old version on the server, send requests back to it (${command}), then deploy again.`;
}

/** A check through the route names no container: one that has crashed is named now, else all that visitors were sent to have a word. */
async function blame(
  keep: Keep,
  failure: StepFailure,
): Promise<Pick<StepFailure, 'message' | 'culprits'>> {
  const { message, culprits } = failure;
  if (culprits.length > 0 || keep.inbox.back !== null) return failure;
  const { target } = keep.plan;
  const trouble = await findTrouble(keep, target, new Map());
  if (trouble !== null)
    return { message: `${message} (${trouble.reason})`, culprits: trouble.culprits };
  const replicas = await findReplicas(keep.engine, keep.plan, target).catch(() => []);
  const routed = replicas.filter(({ service }) => service.port !== undefined);
  return { message, culprits: routed.map(({ id }) => id) };
}

async function drainTarget(keep: Keep): Promise<void> {
  const { journal, plan, warnings } = keep;
  try {
    const open = await drainSlot(keep, plan.target, plan.drainMs, (text) =>
      journal.note('undo', text),
    );
    if (open > 0) warnings.push(`${open} connections to the withdrawn version were cut`);
  } catch (thrown) {
    warnings.push(`the withdrawn version could not be drained: ${messageOf(thrown)}`);
  }
}

/** Removes what this deploy made; a slot that was only started again is stopped again. */
async function undo(keep: Keep): Promise<void> {
  const { journal, plan } = keep;
  if (plan.startTarget) await stopSlot(keep, plan.target);
  const settleMs = journal.has('go', 'done') ? 0 : 1000;
  const removed = await removeSlot(keep, settleMs);
  await journal.write('undo', 'done', { text: `${removed} containers removed` });
}

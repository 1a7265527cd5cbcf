import { messageOf } from '../errors';
import type { Outcome } from '../domain/records/journal';
import { collectLogs } from '../operations/collect-logs';
import { confirmRoute } from '../operations/confirm-route';
import { drainSlot } from '../operations/drain-slot';
import { gateReplicas } from '../operations/gate-replicas';
import { removeSlot } from '../operations/remove-slot';
import { startSlot, stopSlot } from '../operations/stop-slot';
import { findReplicas } from '../operations/find-replicas';
import { noteLastTraffic, pointTo, readSlotMarkers } from '../operations/switch-traffic';
import { findTrouble } from '../operations/watch-replicas';
import type { PlacedRelease } from '../domain/records/plan';
import type { Keep, StepFailure } from './keep';

const confirmDeadlineMs = 5000;
const defaultHint =
  'The old version serves. Correct what is wrong in the new one, and deploy it as a version of its own.';

/** Ends a release that did not hold: traffic back to the old slot where it had moved, then the new slot away. */
export async function retreat(keep: Keep, failure: StepFailure): Promise<Outcome> {
  // A keeper that died on the way back has moved traffic too, and proves the way back again.
  const moved =
    (await readSlotMarkers(keep)) === keep.plan.target.slot || keep.journal.has('back', 'intent');
  const back = moved ? await goBack(keep) : null;
  const blamed = moved ? await blame(keep, failure) : failure;
  const logs = await collectLogs(keep, blamed.culprits);
  const ended = {
    reason: blamed.message,
    hint: failure.hint ?? defaultHint,
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
      hint: 'Both versions were left as they are. Look at the proxy and the containers on the server, then deploy or roll back again.',
    };
  }
  if (moved && keep.plan.live !== null) await drainTarget(keep);
  await undo(keep);
  return moved && keep.plan.live !== null
    ? { ...ended, verdict: 'rolled-back', state: 'BACK' }
    : { ...ended, verdict: 'failed', state: 'BLUE' };
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

/** Switches back and proves it by requests; @returns why it is not proven, or null. */
async function goBack(keep: Keep): Promise<string | null> {
  const { journal, plan } = keep;
  void journal.write('back', 'intent');
  const slot = plan.live?.slot ?? 'adopted';
  const release = plan.live === null || slot === 'adopted' ? null : plan.live.release.id;
  const down = plan.live === null ? null : await reviveOld(keep, plan.live);
  if (down !== null) {
    await journal.write('back', 'failed', { text: down });
    return down;
  }
  await pointTo(keep, slot);
  const said = await confirmRoute(keep, { slot, release }, confirmDeadlineMs);
  await journal.write('back', said === null ? 'done' : 'failed', {
    text: said ?? `${slot} serves again, confirmed ${plan.proxy.confirmations} times in a row`,
  });
  await noteLastTraffic(keep, plan.target.slot);
  return said;
}

/** The old slot is warm in every ordinary case; after a restart of the host it may have to be started again. */
async function reviveOld(keep: Keep, live: PlacedRelease): Promise<string | null> {
  try {
    const replicas = await findReplicas(keep.engine, keep.plan, live);
    if (replicas.every(({ state }) => state === 'running')) return null;
    await startSlot(keep, live);
    const gate = await gateReplicas(keep, live, {
      transcript: keep.transcript,
      onNews: (text) => {
        keep.journal.note('back', text);
      },
    });
    return gate.open ? null : `the old version does not answer either: ${gate.reason}`;
  } catch (thrown) {
    return messageOf(thrown);
  }
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
  await journal.write('undo', 'intent');
  if (plan.startTarget) await stopSlot(keep, plan.target, () => true);
  const settleMs = journal.has('go', 'done') ? 0 : 1000;
  const removed = await removeSlot(keep, settleMs);
  await journal.write('undo', 'done', { text: `${removed} containers removed` });
}

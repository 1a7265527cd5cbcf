import { answerOf, confirmRoute } from '../operations/release/confirm-route';
import { applyRestartPolicy, routed } from '../operations/release/stop-slot';
import {
  noteLastTraffic,
  pointTo,
  readSlotMarkers,
  restUntilForgotten,
} from '../operations/release/switch-traffic';
import { checkEpoch } from './check-epoch';
import { StepFailure, type Keep } from './keep';

const confirmDeadlineMs = 5000;
/** Nothing has moved yet: a server that catches its breath is waited for. */
const readDeadlineMs = 15_000;
/** A proxy that has just started may still be asking for its certificates. */
const certificateDeadlineMs = 60_000;

/** S9: restart policy, then the marker, then the proxy's own word that the new slot serves. */
export async function switchToTarget(keep: Keep, warm: boolean): Promise<void> {
  const { journal, plan } = keep;
  const from = await readSlotMarkers(keep);
  const already = from === plan.target.slot;
  if (!already) {
    await proveRouteIsRead(keep);
    if (!warm) await restUntilForgotten(keep, plan.target.slot);
    if (keep.inbox.back !== null) throw new StepFailure(keep.inbox.back);
  }
  await journal.write('switch', 'intent');
  await checkEpoch(keep);
  // Workers that come after a warm switch must not be brought by a restart of Docker beside the old ones.
  await applyRestartPolicy(keep, plan.target, warm ? routed : undefined);
  await checkEpoch(keep);
  if (!already) await pointTo(keep, plan.target.slot);
  const { slot } = plan.target;
  const said = await confirmRoute(keep, answerOf(plan.target), confirmDeadlineMs);
  if (said === null) {
    const text = `${slot} serves, confirmed ${plan.proxy.confirmations} times in a row`;
    await journal.write('switch', 'done', { text });
    return noteLastTraffic(keep, from);
  }
  await journal.write('switch', 'failed', { text: said });
  throw new StepFailure(`the proxy did not confirm the switch to ${slot}: ${said}`);
}

/** Before anything moves: the proxy answers on the token path with what serves now, so its answer after the switch can be believed. */
async function proveRouteIsRead(keep: Keep): Promise<void> {
  const { live, proxy } = keep.plan;
  const managed = proxy.kind === 'managed';
  const deadlineMs = managed ? certificateDeadlineMs : readDeadlineMs;
  const said = await confirmRoute(keep, answerOf(live), deadlineMs);
  if (said === null) return;
  throw new StepFailure(
    `the proxy cannot be asked which slot serves (${proxy.confirmUrl}): ${said}`,
    [],
    managed
      ? managedHint
      : `Let the proxy's user read ${proxy.markers}, include the Shiplock file in the server block that serves this URL, or name another URL in proxy.confirm.`,
  );
}

const managedHint =
  'Without a certificate it cannot answer: the name must lead to this server, and its ports 80 and 443 must be reachable. docker logs shiplock-proxy on the server tells what it tried.';

import { EngineError, messageOf } from '../errors';
import { handedOver } from '../domain/release/handed-over';
import type { PlacedRelease } from '../domain/records/plan';
import { answerOf, confirmRoute } from '../operations/release/confirm-route';
import { findReplicas, isWhole, type Replica } from '../operations/release/find-replicas';
import { gateReplicas } from '../operations/release/gate-replicas';
import { oneOf, startSlot, type Which } from '../operations/release/stop-slot';
import { noteLastTraffic, pointTo } from '../operations/release/switch-traffic';
import { timesBegun, type Keep } from './keep';

/** Longer than on the way there: nothing better is left to do than to ask on. */
const confirmDeadlineMs = 30_000;
const lookMs = 3000;
const lookAfterRestartMs = 30_000;
const pauseMs = 250;

/** Switches back and proves it by requests; @returns why it is not proven, or null. */
export async function goBack(keep: Keep): Promise<string | null> {
  const { journal, plan } = keep;
  // Not awaited: no disk stands between a bad verdict and the old version.
  journal.write('back', 'intent').catch(() => undefined);
  const { slot, release } = answerOf(plan.live);
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

/**
 * The old slot is warm in every ordinary case; after a restart of the host it may have to be started again.
 * @returns why it cannot take the traffic, or null
 */
async function reviveOld(keep: Keep, live: PlacedRelease): Promise<string | null> {
  const replicas = await lookAtOld(keep, live);
  // An engine that does not answer has stopped nothing since this keeper began; only after a restart it has to say so.
  if (replicas === null) return timesBegun(keep) === 1 ? null : 'Docker does not answer';
  // What changed places with the new version comes back after the traffic: neither is waited for, nor started twice.
  const late = oneOf(handedOver(keep.plan));
  const which: Which = (one) => !late(one);
  const needed = replicas.filter(which);
  const services = live.release.services.filter((service) => which({ service }));
  if (isWhole(needed, services) && needed.every(({ state }) => state === 'running')) return null;
  try {
    await startSlot(keep, live, which);
    const gate = await gateReplicas(keep, live, {
      transcript: keep.transcript,
      which,
      onNews: (text) => {
        keep.journal.note('back', text);
      },
    });
    return gate.open ? null : `the old version does not answer either: ${gate.reason}`;
  } catch (thrown) {
    // What the engine says is final; a lost call is not, and a keeper that begins again asks anew.
    if (thrown instanceof EngineError) return messageOf(thrown);
    throw thrown;
  }
}

/** null = the engine did not say in time. */
async function lookAtOld(keep: Keep, live: PlacedRelease): Promise<readonly Replica[] | null> {
  const { engine, plan, clock } = keep;
  const end = clock.monotonic() + (timesBegun(keep) === 1 ? lookMs : lookAfterRestartMs);
  for (let left = end - clock.monotonic(); left > 0; left = end - clock.monotonic()) {
    const late = clock.sleep(left).then(() => null);
    const look = findReplicas(engine, plan, live).catch(() => null);
    const replicas = await Promise.race([look, late]);
    if (replicas !== null) return replicas;
    await clock.sleep(Math.min(pauseMs, end - clock.monotonic()));
  }
  return null;
}

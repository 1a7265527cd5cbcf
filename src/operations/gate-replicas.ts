import { messageOf } from '../errors';
import type { PlacedRelease } from '../domain/records/plan';
import { askReplica, type ReplicaAnswer } from './ask-replica';
import { findReplicas, type Replica } from './find-replicas';
import type { Transcript } from './transcript';
import type { World } from './world';

/** Why a gate stayed closed, and whose logs tell more. */
export interface ClosedGate {
  readonly reason: string;
  readonly culprits: readonly string[];
}

/** Waits until every replica of a release is ready, K passes in a row each; null = all are, else why not. */
export async function gateReplicas(
  world: World,
  placed: PlacedRelease,
  transcript: Transcript,
  onNews: (text: string) => void,
): Promise<ClosedGate | null> {
  const replicas = await findReplicas(world.engine, world.plan, placed);
  const missing = placed.release.services.filter(
    (service) =>
      replicas.filter((replica) => replica.service === service).length < service.replicas,
  );
  if (missing.length > 0) {
    const names = missing.map(({ name }) => name).join(', ');
    return { reason: `containers are missing: ${names}`, culprits: [] };
  }
  const closed = await Promise.all(
    replicas.map((replica) => waitUntilReady(world, replica, transcript, onNews)),
  );
  const failures = closed.flatMap((reason, index) =>
    reason === null ? [] : [{ reason, id: replicas[index]?.id ?? '' }],
  );
  if (failures.length === 0) return null;
  return {
    reason: failures.map(({ reason }) => reason).join('; '),
    culprits: failures.map(({ id }) => id),
  };
}

async function waitUntilReady(
  world: World,
  replica: Replica,
  transcript: Transcript,
  onNews: (text: string) => void,
): Promise<string | null> {
  const { health } = replica.service;
  const start = world.clock.monotonic();
  let passes = 0;
  let said = 'gave no answer';
  while (world.clock.monotonic() - start < health.deadlineMs) {
    const answer = await askSafely(world, replica);
    said = answer.said;
    const line = { atMs: world.clock.now(), target: replica.name, ok: answer.ok, said };
    if (transcript.add(line)) onNews(`${replica.name}: ${said}`);
    if (answer.dead) return `${replica.name} ${said}`;
    passes = answer.ok ? passes + 1 : 0;
    if (passes >= health.successes) return null;
    await world.clock.sleep(health.intervalMs);
  }
  return `${replica.name} was not healthy within ${Math.round(health.deadlineMs / 1000)} s: ${said}`;
}

/** An engine that stalls says nothing about the replica. */
async function askSafely(world: World, replica: Replica): Promise<ReplicaAnswer> {
  try {
    return await askReplica(world, replica);
  } catch (thrown) {
    return { ok: false, dead: false, said: messageOf(thrown) };
  }
}

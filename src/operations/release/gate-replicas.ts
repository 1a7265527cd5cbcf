import { messageOf } from '../../errors';
import type { PlacedRelease } from '../../domain/records/plan';
import type { HealthCheck, ReleasedService } from '../../domain/records/release';
import { askReplica, type ReplicaAnswer } from './ask-replica';
import { findReplicas, type Replica } from './find-replicas';
import type { Which } from './stop-slot';
import type { Transcript } from './transcript';
import type { World } from './world';

export interface GateOptions {
  readonly transcript: Transcript;
  readonly onNews: (text: string) => void;
  /** Services that are asked; all when it is not given. */
  readonly which?: Which;
  /** Passes in a row that are enough for a service; undefined = as many as its check asks. */
  readonly passes?: (service: ReleasedService) => number | undefined;
}

/** Why a gate stayed closed, and whose logs tell more. */
interface ClosedGate {
  readonly reason: string;
  readonly culprits: readonly string[];
}

/** Every replica is ready, or why the gate stayed closed. */
export type GateResult =
  { readonly open: true; readonly replicas: number } | ({ readonly open: false } & ClosedGate);

/** Waits until every replica of a release is ready, as many passes in a row as its check asks, or as `passes` says. */
export async function gateReplicas(
  world: World,
  placed: PlacedRelease,
  options: GateOptions,
): Promise<GateResult> {
  const { which = () => true } = options;
  const replicas = (await findReplicas(world.engine, world.plan, placed)).filter(which);
  const missing = placed.release.services.filter(
    (service) =>
      which({ service }) &&
      replicas.filter((replica) => replica.service === service).length < service.replicas,
  );
  if (missing.length > 0) {
    const names = missing.map(({ name }) => name).join(', ');
    return { open: false, reason: `containers are missing: ${names}`, culprits: [] };
  }
  const closed = await Promise.all(
    replicas.map((replica) => waitUntilReady(world, replica, options)),
  );
  const failures = closed.flatMap((reason, index) =>
    reason === null ? [] : [{ reason, id: replicas[index]?.id ?? '' }],
  );
  if (failures.length === 0) return { open: true, replicas: replicas.length };
  return {
    open: false,
    reason: failures.map(({ reason }) => reason).join('; '),
    culprits: failures.map(({ id }) => id),
  };
}

async function waitUntilReady(
  world: World,
  replica: Replica,
  { transcript, onNews, passes: wanted }: GateOptions,
): Promise<string | null> {
  const { health } = replica.service;
  const successes = wanted?.(replica.service) ?? health.successes;
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
    if (passes >= successes) return null;
    await world.clock.sleep(
      passes === 0 && health.kind !== 'command' ? firstPaceMs(health) : health.intervalMs,
    );
  }
  return `${replica.name} was not healthy within ${Math.round(health.deadlineMs / 1000)} s: ${said}`;
}

/** Until the first pass a look is cheap and worth having soon; a command in the container is not cheap. */
function firstPaceMs({ intervalMs }: HealthCheck): number {
  return Math.min(intervalMs, 200);
}

/** An engine that stalls says nothing about the replica. */
async function askSafely(world: World, replica: Replica): Promise<ReplicaAnswer> {
  try {
    return await askReplica(world, replica);
  } catch (thrown) {
    return { ok: false, dead: false, said: messageOf(thrown) };
  }
}

import { slotProject } from '../../domain/compose/slot-names';
import { refusal } from '../../domain/problem';
import { idleSlot } from '../../domain/proxy/markers';
import type { PlacedRelease, Plan } from '../../domain/records/plan';
import type { Release } from '../../domain/records/release';
import { findReplicas, isWhole } from '../../operations/release/find-replicas';
import type { Engine } from '../../platform/docker-api/docker-api';
import type { HostRun } from './deploy-tools';
import type { Preflight } from './preflight';

/** What ran before the first release, with the secrets that it was made with; nobody but the team can make it again. */
export async function findAdopted(
  { session, config }: HostRun,
  release: Release,
  { compose }: Preflight['stack'],
): Promise<PlacedRelease> {
  const placed = { slot: release.slot, project: compose.name, release };
  if (await isComplete(session.engine, config, placed)) return placed;
  const says = `${release.id} is what ran before the first release, and its containers are gone`;
  const fix =
    'name a release on record in the input version, or deploy a version that is known to be good';
  throw refusal(session.host.name, [{ path: '', says, fix }]);
}

/** The release's own containers, all of them, in the slot that does not serve; null when any is missing. */
export async function findParked(
  { session, config }: HostRun,
  release: Release,
  { live, markers }: Preflight['stack'],
): Promise<PlacedRelease | null> {
  if (release.slot !== idleSlot(live?.slot ?? null, markers)) return null;
  const placed = { slot: release.slot, project: slotProject(config, release.slot), release };
  return (await isComplete(session.engine, config, placed)) ? placed : null;
}

/** Whether every replica of a release is still there, running or not. */
async function isComplete(
  engine: Engine,
  names: Pick<Plan, 'app' | 'environment'>,
  placed: PlacedRelease,
): Promise<boolean> {
  return isWhole(await findReplicas(engine, names, placed), placed.release.services);
}

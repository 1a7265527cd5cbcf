import type { JournalRecord, Outcome } from '../../domain/records/journal';
import type { PlacedRelease } from '../../domain/records/plan';
import type { Release } from '../../domain/records/release';
import { lease } from '../../domain/records/state';
import { hostPath, readRecord, writeRelease, writeState } from './release-files';
import type { World } from './world';

/** Puts what ran before the first release on record, as it was when this deploy looked. */
export async function recordAdopted({ plan, files }: World): Promise<void> {
  if (plan.live?.slot === 'adopted') await writeRelease(files, plan.base, plan.live.release);
}

/** Writes what became of the release: its record, the old one's where it changed, the state when the new one serves, and one line of audit. */
export async function recordOutcome(
  world: World,
  outcome: Outcome,
  facts: JournalRecord['facts'],
): Promise<void> {
  const { plan, files } = world;
  await writeRelease(files, plan.base, {
    ...plan.target.release,
    ...standingOf(world, outcome),
    ...known(plan.target.release, facts),
  });
  if (outcome.verdict === 'deployed') await recordLive(world);
  await audit(world, outcome);
}

function standingOf({ plan }: World, outcome: Outcome): Pick<Release, 'standing' | 'reason'> {
  // A release that was good before and is only returned to keeps its name, whatever becomes of the return.
  if (plan.kind === 'rollback' && outcome.verdict !== 'deployed') {
    return { standing: plan.target.release.standing, reason: plan.target.release.reason };
  }
  const standing =
    outcome.verdict === 'deployed'
      ? 'good'
      : outcome.verdict === 'rolled-back'
        ? 'rolled-back'
        : 'failed';
  return { standing, reason: outcome.reason };
}

function known(
  release: Release,
  facts: JournalRecord['facts'],
): Pick<Release, 'schemaVersion' | 'backups'> {
  if (facts === undefined)
    return { schemaVersion: release.schemaVersion, backups: release.backups };
  return {
    schemaVersion: { before: facts.schemaBefore, after: facts.schemaAfter },
    backups: facts.backups,
  };
}

async function recordLive({ plan, files, clock }: World): Promise<void> {
  const place = ({
    release,
    slot,
  }: PlacedRelease): { release: string; slot: PlacedRelease['slot'] } => ({
    release: release.id,
    slot,
  });
  const { live, target } = plan;
  const left = live !== null && live.slot !== 'adopted' ? live.release : null;
  // Whoever goes back says that this one was not good; whoever goes forward again, to a newer one, does not.
  if (plan.kind === 'rollback' && left !== null && target.release.seq < left.seq) {
    await writeRelease(files, plan.base, {
      ...left,
      standing: 'rolled-back',
      reason: `rolled back by ${plan.actor}`,
    });
  }
  await writeState(files, plan.base, {
    schema: 1,
    app: plan.app,
    environment: plan.environment,
    live: place(target),
    previous: live === null ? null : place(live),
    deploy: plan.deploy,
    updatedAt: new Date(clock.now()).toISOString(),
  });
}

async function audit({ plan, files, clock }: World, outcome: Outcome): Promise<void> {
  const line = {
    time: new Date(clock.now()).toISOString(),
    actor: plan.actor,
    run: plan.run,
    kind: plan.kind,
    release: plan.target.release.id,
    verdict: outcome.verdict,
    state: outcome.state,
    reason: outcome.reason,
  };
  await files.append(hostPath.audit(plan.base), `${JSON.stringify(line)}\n`, 0o600);
}

/** Says on the lease that this deploy is alive, or (holder gone) over; does nothing once the lease has another epoch. */
export async function writeLease({ plan, files, clock }: World, over: boolean): Promise<void> {
  const path = hostPath.lease(plan.base);
  const current = await readRecord(files, path, lease);
  if (current?.epoch !== plan.epoch) return;
  const heartbeat = Math.floor(clock.now() / 1000);
  const next = { ...current, heartbeat, holder: over ? null : current.holder };
  await files.write(path, `${JSON.stringify(next)}\n`, 0o600);
}

import { parseJson } from '../../domain/json';
import { restoreNote } from '../../domain/records/backup';
import type { Release } from '../../domain/records/release';
import { dataStanding } from '../../domain/release/data-standing';
import { hostPath } from '../../operations/release/release-files';
import type { Host } from '../../platform/host';
import type { StandingReport } from '../../report/deploy-report';
import type { Outcome } from '../../domain/records/journal';
import type { Plan } from '../../domain/records/plan';
import type { HostRun, Session } from './deploy-tools';
import type { Preflight } from './preflight';
import type { HostRelease } from './release-on-host';
import type { Survey } from './survey';

/** How the data stands to the release that serves at the end, and what restores it when there is a backup. */
async function readStanding(
  { host }: Session,
  base: string,
  ledger: readonly Release[],
  serving: Release,
): Promise<StandingReport> {
  const standing = dataStanding(ledger, serving);
  const backups = await Promise.all(standing.backups.map((id) => readBackup(host, base, id)));
  return { ...standing, backups };
}

/** What a report tells of one backup; where the connection is lost, or there is no manifest, only where it should be. */
async function readBackup(
  host: Host,
  base: string,
  id: string,
): Promise<StandingReport['backups'][number]> {
  const folder = hostPath.backup(base, id);
  const read = await host.exec(['cat', `${folder}/manifest.json`]).catch(() => null);
  const manifest = restoreNote.safeParse(parseJson(read?.stdout ?? '')).data;
  const { command = null, tookMs = null } = manifest?.restore ?? {};
  const restore = command === null ? null : { command, tookMs };
  return { ...{ id, folder }, takenAt: manifest?.endedAt ?? null, restore };
}

/** Of a deploy: only when its migration ran, and another release than its own serves. */
export async function standingAfterDeploy(
  { session }: HostRun,
  { seen }: Preflight,
  { live, target }: Plan,
  { records, outcome, schema, backups, failure }: HostRelease,
): Promise<StandingReport | undefined> {
  const migrated = records.some(({ step }) => step === 'migrate');
  if (live === null || !migrated || (failure === null && outcome?.verdict === 'deployed')) return;
  const ledger = withRelease(seen.facts.ledger, {
    ...target.release,
    schemaVersion: schema,
    backups: [...backups],
  });
  return readStanding(session, seen.base, ledger, live.release);
}

/** Of a rollback: for what serves at its end, which is where it comes from when it did not arrive. */
export async function standingAfterRollback(
  { session }: HostRun,
  { seen }: { readonly seen: Survey },
  { live, target }: Plan,
  outcome: Outcome | null,
): Promise<StandingReport> {
  const stayed = outcome?.verdict === 'failed' || outcome?.verdict === 'rolled-back';
  const serving = stayed && live !== null ? live : target;
  return readStanding(session, seen.base, seen.facts.ledger, serving.release);
}

/** The releases on record with one of them as it is known now. */
export function withRelease(ledger: readonly Release[], release: Release): readonly Release[] {
  return [...ledger.filter(({ id }) => id !== release.id), release];
}

import { sourceOf, type DatabaseSettings } from '../../domain/backup/database';
import type { BackupManifest } from '../../domain/records/backup';
import { messageOf } from '../../errors';
import { remarkBackup } from '../../operations/backup/shelf';
import type { BackupRun } from './backup-run';
import { copyOffHost, type CopiesMade } from './copy-off-host';
import { pruneBackups } from './prune-backups';

/** What came after a backup was published. None of it makes the backup one that failed. */
export interface Aftermath {
  /** As it stands in the folder now, with its copies. */
  readonly manifest: BackupManifest;
  /** Ids of older ones that went. */
  readonly removed: readonly string[];
  readonly notCopied: CopiesMade['failures'];
  readonly warnings: readonly string[];
}

/** Removes older backups of the same source and copies the new one off the host. Under the lock. */
export async function keepAndCopy(
  run: BackupRun,
  settings: DatabaseSettings,
  manifest: BackupManifest,
  folder: string,
): Promise<Aftermath> {
  const kept = await keep(run, settings);
  if (manifest.empty) return { manifest, notCopied: [], ...kept };
  const { copies, failures } = await copy(run, settings, manifest, folder);
  const known = { ...manifest, copies: [...manifest.copies, ...copies] };
  const after = { manifest: known, notCopied: failures, ...kept };
  if (copies.length === 0) return after;
  try {
    await remarkBackup(run.session.host, run.base, known);
    return after;
  } catch (thrown) {
    const says = `the copies of ${manifest.id} are not noted in its manifest: ${messageOf(thrown)}`;
    return { ...after, warnings: [...after.warnings, says] };
  }
}

async function keep(
  { session, base }: BackupRun,
  settings: DatabaseSettings,
): Promise<Pick<Aftermath, 'removed' | 'warnings'>> {
  const rules = new Map([[sourceOf(settings), settings.keep]]);
  try {
    const request = { host: session.host, base, rules, dryRun: false };
    const { removed, inventory } = await pruneBackups(request);
    const strange = inventory.unreadable.map(
      ({ name, says }) => `${base}/backups/${name} ${says}; it is left alone`,
    );
    return { removed, warnings: strange };
  } catch (thrown) {
    return { removed: [], warnings: [messageOf(thrown)] };
  }
}

async function copy(
  run: BackupRun,
  settings: DatabaseSettings,
  manifest: BackupManifest,
  folder: string,
): Promise<CopiesMade> {
  const { session, clock, signal, tell } = run;
  try {
    const vaults = await run.openVaults(settings);
    const now = (): string => new Date(clock.now()).toISOString();
    return await copyOffHost({ host: session.host, folder, manifest, now, signal }, vaults, tell);
  } catch (thrown) {
    return { copies: [], failures: [{ vault: 'any place off the host', thrown }] };
  }
}

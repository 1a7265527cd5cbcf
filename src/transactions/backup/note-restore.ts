import { sourceOf } from '../../domain/backup/database';
import type { BackupManifest } from '../../domain/records/backup';
import { writeOwn } from '../../operations/backup/app-folder';
import { backupsFolder, partialFolder } from '../../operations/backup/shelf';
import type { BackupRun } from './backup-run';
import type { PlannedBackup } from './look-at-databases';

const name = 'restore.sh';

/** Says in the manifest how the backup is restored: by a script beside it where its engine has one, else by the action. */
export async function noteRestore<T extends Omit<BackupManifest, 'restore'>>(
  run: BackupRun,
  { database, engine }: PlannedBackup,
  manifest: T,
): Promise<T & Pick<BackupManifest, 'restore'>> {
  if (manifest.empty) return manifest;
  const { host } = run.session;
  const folder = partialFolder(run.base, manifest.id);
  const text = engine.byHand?.(database, { folder, manifest }) ?? null;
  if (text !== null) {
    await writeOwn(host, `${folder}/${name}`, text);
  }
  const source = sourceOf(database.settings);
  const command =
    text === null
      ? `actions/backup with mode: restore, backup-id: ${manifest.id}, target: ${source}, confirm: ${source} ${manifest.id}`
      : `sh ${backupsFolder(run.base)}/${manifest.id}/${name}`;
  const { restoreMs } = manifest;
  return {
    ...manifest,
    restore: { command, ...(restoreMs === null ? {} : { tookMs: restoreMs }) },
  };
}

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
  // What the dump of a team's own command is good for, only the team knows.
  if (manifest.empty || engine.name === 'command') return manifest;
  const { host } = run.session;
  const folder = partialFolder(run.base, manifest.id);
  const text = engine.byHand?.(database, { folder, manifest }) ?? null;
  if (text !== null) {
    await writeOwn(host, `${folder}/${name}`, text);
  }
  const command =
    text === null
      ? stepFor(manifest, sourceOf(database.settings))
      : `sh ${backupsFolder(run.base)}/${manifest.id}/${name}`;
  const { restoreMs } = manifest;
  return {
    ...manifest,
    restore: { command, ...(restoreMs === null ? {} : { tookMs: restoreMs }) },
  };
}

/** A step to paste into a workflow, on one line; JSON is YAML. The way to the server is that of the backup's own step. */
function stepFor(
  { id, environment }: Pick<BackupManifest, 'id' | 'environment'>,
  target: string,
): string {
  const inputs = { mode: 'restore', environment, 'backup-id': id, target };
  const words = Object.entries({ ...inputs, confirm: `${target} ${id}` });
  const given = words.map(([name, value]) => `${name}: ${JSON.stringify(value)}`).join(', ');
  return `- { uses: shiplock/shiplock/actions/backup@v0, with: { ${given} } }`;
}

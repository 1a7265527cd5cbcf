import type { BackupManifest } from '../../domain/records/backup';
import { hashFiles } from '../../operations/backup/shelf';
import type { BackupRun } from './backup-run';

/** Names of a backup's files whose bytes are not what its manifest says. */
export async function changedFiles(
  run: BackupRun,
  { files }: BackupManifest,
  folder: string,
): Promise<readonly string[]> {
  const names = files.map(({ name }) => name);
  const hashes = await hashFiles(run.session.host, folder, names);
  return files
    .filter(({ name, sha256Stored }) => hashes.get(name)?.sha256 !== sha256Stored)
    .map(({ name }) => name);
}

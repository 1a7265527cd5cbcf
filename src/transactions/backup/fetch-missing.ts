import { messageOf } from '../../errors';
import { fetchBackup } from '../../operations/backup/fetch-backup';
import { readShelf } from '../../operations/backup/shelf';
import type { BackupRun } from './backup-run';
import { underLock } from './under-lock';

/**
 * Brings a backup that is not on the server from the first place off it that has it. @returns why it could not be brought, for
 * people; null = it is there, or there is no such place
 */
export async function fetchMissing(run: BackupRun, id: string): Promise<string | null> {
  const { session, app, environment, base, tell } = run;
  const { host } = session;
  const shelf = await readShelf(host, base, '');
  if (shelf.manifests.some((manifest) => manifest.id === id)) return null;
  const failures: string[] = [];
  for (const settings of run.databases) {
    for (const vault of await run.openVaults(settings)) {
      try {
        tell(`${id} is not on the server: fetching it from ${vault.name}`);
        const from = { app, environment, id };
        await underLock(run, () => fetchBackup({ host, base, from }, vault));
        return null;
      } catch (thrown) {
        failures.push(`${vault.name}: ${messageOf(thrown)}`);
      }
    }
  }
  return failures.length === 0 ? null : [...new Set(failures)].join('; ');
}

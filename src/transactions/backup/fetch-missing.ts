import type { Problem } from '../../domain/problem';
import { messageOf, ShiplockError } from '../../errors';
import { fetchBackup } from '../../operations/backup/fetch-backup';
import { readShelf } from '../../operations/backup/shelf';
import type { BackupRun } from './backup-run';
import { underLock } from './under-lock';

/**
 * Brings a backup that is not on the server from the first place off it that has it. @returns why none could give it; none = it is
 * there, or there is no such place
 */
export async function fetchMissing(run: BackupRun, id: string): Promise<readonly Problem[]> {
  const { session, app, environment, base, tell, signal } = run;
  const { host } = session;
  const shelf = await readShelf(host, base, '');
  if (shelf.manifests.some((manifest) => manifest.id === id)) return [];
  const failures = new Map<string, Problem>();
  for (const settings of run.databases) {
    for (const vault of await run.openVaults(settings)) {
      try {
        tell(`${id} is not on the server: fetching it from ${vault.name}`);
        const from = { app, environment, id };
        await underLock(run, () => fetchBackup({ host, base, from, signal }, vault));
        return [];
      } catch (thrown) {
        signal.throwIfAborted();
        const failure = failureOf(id, vault.name, thrown);
        tell(failure.says);
        failures.set(failure.says, failure);
      }
    }
  }
  return [...failures.values()];
}

function failureOf(id: string, vault: string, thrown: unknown): Problem {
  const hint = thrown instanceof ShiplockError ? thrown.hint : undefined;
  return {
    path: 'input backup-id',
    says: `${id} is not on the server, and could not be fetched from ${vault}: ${messageOf(thrown)}`,
    fix: (hint ?? 'name a backup that is on the server, or that has a copy').replace(/\.$/, ''),
  };
}

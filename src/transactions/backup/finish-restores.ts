import { finish, unfinishedRestores } from '../../operations/backup/stand-still';
import type { BackupRun } from './backup-run';
import { underLock } from './under-lock';

/**
 * Ends what restores have left that were cut off while containers stood still, before anything looks at those. @returns what was done, for people
 */
export async function finishRestores(run: BackupRun): Promise<readonly string[]> {
  const { session, base, tell } = run;
  if ((await unfinishedRestores(session.host, base)).length === 0) return [];
  return underLock(run, async () => {
    const said: string[] = [];
    // Asked again: it may have come to its end by itself until the lock was free.
    for (const file of await unfinishedRestores(session.host, base)) {
      tell(`ending a restore that was cut off: sh ${file}`);
      await finish(session.host, file);
      said.push(
        `a restore that was cut off was ended first, and its containers were started: ${file}`,
      );
    }
    return said;
  });
}

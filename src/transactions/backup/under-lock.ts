import type { Work } from '../../domain/backup/work';
import { endWork, holdLock } from '../../operations/backup/shelf';
import type { BackupRun } from './backup-run';

/** Does it while nobody else changes the backups of this app and environment. @param work what the server is to end when this process dies */
export async function underLock<T>(
  {
    session,
    base,
    who,
    work = null,
  }: Pick<BackupRun, 'session' | 'base' | 'who'> & { readonly work?: Work | null },
  act: () => Promise<T>,
): Promise<T> {
  const lock = await holdLock(session.host, base, who, work);
  try {
    // A run that died with its server had nobody who ended what it left.
    if (work !== null) await endWork(session.host, work);
    return await act();
  } finally {
    await lock.release();
  }
}

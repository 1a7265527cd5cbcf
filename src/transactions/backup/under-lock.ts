import { holdLock } from '../../operations/backup/shelf';
import type { BackupRun } from './backup-run';

/** Does it while nobody else changes the backups of this app and environment. */
export async function underLock<T>(
  { session, base, who }: BackupRun,
  act: () => Promise<T>,
): Promise<T> {
  const lock = await holdLock(session.host, base, who);
  try {
    return await act();
  } finally {
    lock.release();
  }
}

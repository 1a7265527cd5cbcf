import type { DatabaseEngine } from '../database-engine';
import { inspectMysql } from '../mysql/inspect';
import { proveDump, readDump } from '../mysql/prove-dump';
import { restoreDump } from '../mysql/restore-dump';
import { takeDump } from '../mysql/take-dump';
import type { LockPatience } from '../mysql/watch-locks';

const patient: LockPatience = { seconds: 30, everyMs: 5000 };

/** MySQL and MariaDB: one engine, which asks the server what it is. Whoever writes the other's name means the same. */
export const mysqlEngine = (
  name: 'mysql' | 'mariadb',
  patience: LockPatience = patient,
): DatabaseEngine => ({
  name,
  inspect: inspectMysql,
  dump: (database, seen, folder) => takeDump(database, seen, folder, patience),
  readBack: readDump,
  prove: proveDump,
  restore: (database, backup, order) => restoreDump(database, backup, order, patience.seconds),
});

import type { EngineName } from '../../domain/backup/database';
import type { DatabaseEngine } from './database-engine';
import { commandEngine } from './engines/command';
import { files } from './engines/files';
import { mysqlEngine } from './engines/mysql';
import { postgresEngine } from './engines/postgres';
import { redisEngine } from './engines/redis';
import { sqlite } from './engines/sqlite';

/** Every engine that a backup can be taken of. */
export const engines: Readonly<Record<EngineName, DatabaseEngine>> = {
  command: commandEngine,
  mariadb: mysqlEngine('mariadb'),
  mysql: mysqlEngine('mysql'),
  postgres: postgresEngine,
  files,
  sqlite,
  redis: redisEngine('redis'),
  valkey: redisEngine('valkey'),
};

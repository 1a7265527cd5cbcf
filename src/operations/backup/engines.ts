import type { EngineName } from '../../domain/backup/database';
import type { DatabaseEngine } from './database-engine';
import { redisEngine } from './engines/redis';

/** Every engine that a backup can be taken of. */
const engines: Partial<Readonly<Record<EngineName, DatabaseEngine>>> = {
  redis: redisEngine('redis'),
  valkey: redisEngine('valkey'),
};

/** The engine of that name; null where it is not built yet. */
export function engineOf(name: EngineName): DatabaseEngine | null {
  return engines[name] ?? null;
}

import type { EngineName } from '../../domain/backup/database';
import type { DatabaseEngine } from './database-engine';
import { postgresEngine } from './engines/postgres';

/** Every engine that a backup can be taken of. */
const engines: Partial<Readonly<Record<EngineName, DatabaseEngine>>> = {
  postgres: postgresEngine,
};

/** The engine of that name; null where it is not built yet. */
export function engineOf(name: EngineName): DatabaseEngine | null {
  return engines[name] ?? null;
}

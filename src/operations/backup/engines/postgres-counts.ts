import { objectQuery, readCounts, rowQuery } from '../../../commands/backup/postgres-queries';
import type { PostgresSession } from './postgres-session';

/** Objects by kind and rows by table, as this session sees them. */
export async function countAll(session: PostgresSession): Promise<{
  readonly objects: Readonly<Record<string, number>>;
  readonly rows: Readonly<Record<string, number>>;
}> {
  const objects = readCounts(await session.ask(`${objectQuery};`));
  const rows = readCounts(await session.ask(rowQuery));
  return { objects, rows };
}

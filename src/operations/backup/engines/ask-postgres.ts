import { psql } from '../../../commands/backup/postgres';
import type { Database } from '../database';
import { loginOf } from './postgres-login';
import { openPostgres, type PostgresSession } from './postgres-session';

/** A session with one of the server's databases, for as long as `act` runs. */
export async function inPostgres<T>(
  database: Database,
  name: string,
  act: (session: PostgresSession) => Promise<T>,
): Promise<T> {
  const { argv, first, target } = loginOf(database, name);
  const session = await openPostgres(database.host, argv(psql(target)), first);
  try {
    return await act(session);
  } finally {
    session.close();
  }
}

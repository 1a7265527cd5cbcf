import { readPostgresUrl, type PostgresTarget } from '../../../commands/backup/postgres';
import { withSecret } from '../../../commands/backup/stage';
import { toolArgv, type Database } from '../database';

/** How one database is logged in to. */
export interface PostgresLogin {
  readonly target: PostgresTarget;
  /** A tool's argv on the host; it reads the password from the first line of stdin, when there is one. */
  readonly argv: (words: readonly string[]) => readonly string[];
  /** That line; '' when there is no password to give. */
  readonly first: string;
}

/** By what is said, by the URL, or by what the container was made with (names of the official image and of Bitnami's). */
export function loginOf(database: Database, other?: string): PostgresLogin {
  const { settings, place, secrets } = database;
  const fromUrl = secrets.url === null ? null : readPostgresUrl(secrets.url);
  const own = (...names: readonly string[]): string | null => {
    if (place.at !== 'container') return null;
    const name = names.find((one) => (place.environment.get(one) ?? '') !== '');
    return name === undefined ? null : (place.environment.get(name) ?? null);
  };
  const inside = place.at === 'container' ? 'postgres' : null;
  const user = settings.user ?? own('POSTGRES_USER', 'POSTGRESQL_USERNAME') ?? inside;
  const name = settings.database ?? own('POSTGRES_DB', 'POSTGRESQL_DATABASE') ?? user ?? 'postgres';
  const target = fromUrl?.target ?? { database: name, user, host: null, port: null, more: {} };
  const password = fromUrl === null ? secrets.password : (fromUrl.password ?? secrets.password);
  return {
    target: { ...target, database: other ?? settings.database ?? target.database },
    argv: (words) =>
      toolArgv(database, password === null ? words : withSecret('PGPASSWORD', words)),
    first: password === null ? '' : `${password}\n`,
  };
}

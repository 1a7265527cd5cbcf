import { safeWords } from '../../../commands/backup/mysql-dump';
import { withLogin, type LoggedIn } from '../../../commands/backup/mysql-login';
import { clientOptions, parseRows, type Rows } from '../../../commands/backup/mysql-queries';
import type { MysqlTools } from '../../../commands/backup/mysql-tools';
import {
  containerDatabase,
  containerLogin,
  ownLogin,
  readMysqlUrl,
  type MysqlLogin,
} from '../../../domain/backup/mysql-login';
import type { Problem } from '../../../domain/problem';
import { ShiplockError } from '../../../errors';
import { toolArgv, type Database } from '../database';
import type { Inspection } from '../database-engine';

/** A server that can be asked: the way to it, its tools, the login, and the database that is meant. */
export interface MysqlServer {
  readonly at: Database;
  readonly tools: MysqlTools;
  readonly login: MysqlLogin;
}

/** Counting a large table takes as long as it takes; what hangs is ended by the run's own limit. */
export const longestMs = 24 * 3_600_000;

/** Who logs in, and into which database; a problem when the URL cannot be read. */
export function loginOf({
  place,
  settings,
  secrets,
}: Database): { readonly login: MysqlLogin; readonly database: string | null } | Problem {
  const given = { user: settings.user, password: secrets.password };
  if (place.at === 'container') {
    return {
      login: containerLogin(given, place.environment),
      database: settings.database ?? containerDatabase(place.environment),
    };
  }
  if (place.at === 'host') return { login: { ...ownLogin, ...given }, database: settings.database };
  const read = readMysqlUrl(secrets.url ?? '');
  return 'login' in read ? { ...read, database: settings.database ?? read.database } : read;
}

/** The server, as the inspection found it. */
export function serverOf(at: Database, seen: Inspection): MysqlServer {
  const login = loginOf(at);
  if (!('login' in login)) throw new ShiplockError(login.says, { fault: 'user', hint: login.fix });
  return { at, tools: JSON.parse(seen.facts['tools'] ?? '{}') as MysqlTools, login: login.login };
}

/** Argv on the host of a tool that logs in, and what its stdin begins with. */
export function loggedIn({ at, tools, login }: MysqlServer, words: readonly string[]): LoggedIn {
  const { argv, header } = withLogin(login, tools.flavour, words);
  return { argv: toolArgv(at, argv), header };
}

/** Runs SQL and gives its rows; `onText` sees them as they come. Throws with the server's words, without values. */
export async function askMysql(
  server: MysqlServer,
  query: string,
  onText?: (text: string) => void,
): Promise<Rows> {
  const { argv, header } = loggedIn(server, [
    server.tools.client,
    '--unbuffered',
    ...clientOptions,
  ]);
  const chunks: Buffer[] = [];
  const result = await server.at.host.exec(argv, {
    stdin: header + query,
    timeoutMs: longestMs,
    onStdout: (chunk) => {
      chunks.push(chunk);
      onText?.(Buffer.concat(chunks).toString());
    },
  });
  if (result.code === 0) return parseRows(Buffer.concat(chunks).toString());
  throw new ShiplockError(
    `${server.at.host.name}: the database did not answer: ${safeWords(result.stderr)}`,
    { fault: 'remote' },
  );
}

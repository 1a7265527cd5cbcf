import { postgresTool, psql, quoteName, readPostgresUrl } from '../../../commands/backup/postgres';
import { factQueries, obstacleQueries, readPairs } from '../../../commands/backup/postgres-queries';
import { firstWords } from '../../../commands/backup/stage';
import { officialImage } from '../../../domain/backup/official-image';
import { judgeRights, judgeVersions } from '../../../domain/backup/postgres-rights';
import type { Problem } from '../../../domain/problem';
import { messageOf, RemoteFailure } from '../../../errors';
import { toolArgv, type Database } from '../database';
import type { Inspection } from '../database-engine';
import { loginOf } from './postgres-login';
import { openPostgres } from './postgres-session';

/** What pg_dump says when a lock was not free in time: its `--lock-wait-timeout` is a statement timeout. */
export const noLock = /lock timeout|could not obtain lock|LOCK TABLE/i;

type Facts = ReadonlyMap<string, readonly string[]>;

/** Asks tool and server; changes nothing. */
export async function inspectPostgres(database: Database): Promise<Inspection> {
  const { secrets, settings } = database;
  if (secrets.url !== null && readPostgresUrl(secrets.url) === null) {
    const fix = 'write postgres://user:password@host:port/database';
    const says = `the variable ${settings.urlEnv ?? ''} holds no URL of PostgreSQL with host and database`;
    return refused([{ path: 'url-env', says, fix }]);
  }
  const tool = await toolVersion(database);
  if (typeof tool !== 'string') return refused([tool]);
  const asked = await ask(database);
  if (asked.kind === 'facts') return judge(database, asked.facts, tool);
  return asked.kind === 'absent' ? absent(database, tool) : refused([asked.problem]);
}

const nothing = { warnings: [], serverVersion: '', toolVersion: '', sizeBytes: 0, facts: {} };

const refused = (problems: readonly Problem[]): Inspection => ({
  ...{ ...nothing, problems, standing: 'filled' },
});

/** Others that are there tell a slip of the pen from a server that is new. */
async function absent(database: Database, toolVersion: string): Promise<Inspection> {
  const name = loginOf(database).target.database;
  const others = await otherDatabases(database).catch(() => []);
  const there = others.length === 0 ? '' : `; there is: ${others.join(', ')}`;
  return {
    ...{ ...nothing, problems: [], toolVersion, standing: 'absent' },
    warnings: [`nothing can be backed up: the database ${name} does not exist${there}`],
  };
}

async function otherDatabases(database: Database): Promise<readonly string[]> {
  const login = loginOf(database, 'postgres');
  const session = await openPostgres(database.host, login.argv(psql(login.target)), login.first);
  try {
    return await session.ask(
      `select datname from pg_database where not datistemplate and datname <> 'postgres' order by 1;`,
    );
  } finally {
    session.close();
  }
}

async function toolVersion(database: Database): Promise<string | Problem> {
  const argv = toolArgv(database, postgresTool(['pg_dump', '--version']));
  const { code, stdout, stderr } = await database.host.exec(argv);
  const version = /(\d+(?:\.\d+)*)/.exec(stdout)?.[1];
  if (code === 0 && version !== undefined) return version;
  const where = database.place.at === 'container' ? 'the container of the service' : 'the host';
  return {
    path: database.place.at === 'container' ? 'service' : '',
    says: `${where} has no pg_dump: ${firstWords(stderr)}`,
    fix: 'name the service of the database itself, or install the client package of its version on the host',
  };
}

type Answer =
  | { readonly kind: 'facts'; readonly facts: Facts }
  | { readonly kind: 'refused'; readonly problem: Problem }
  | { readonly kind: 'absent' };

async function ask(database: Database): Promise<Answer> {
  const login = loginOf(database);
  try {
    const session = await openPostgres(database.host, login.argv(psql(login.target)), login.first);
    try {
      const facts = new Map<string, string[]>();
      const queries = [...factQueries, ...obstacleQueries].map((query) => `${query};`).join('\n');
      for (const [name, value] of readPairs(await session.ask(queries))) {
        facts.set(name, [...(facts.get(name) ?? []), value]);
      }
      return { kind: 'facts', facts };
    } finally {
      session.close();
    }
  } catch (thrown) {
    if (thrown instanceof RemoteFailure && thrown.reason === 'unreachable') throw thrown;
    return refusalOf(
      database,
      messageOf(thrown).replace(/^the session with the database ended: /, ''),
    );
  }
}

function refusalOf(database: Database, said: string): Answer {
  const { target } = loginOf(database);
  if (/database ".*" does not exist/.test(said)) return { kind: 'absent' };
  const problem = (path: string, fix: string): Answer => ({
    kind: 'refused',
    problem: { path, says: `the database does not answer as it should: ${said}`, fix },
  });
  if (/not currently accepting connections/.test(said)) {
    const open = `ALTER DATABASE ${quoteName(target.database)} WITH ALLOW_CONNECTIONS true;`;
    return problem(
      'database',
      `somebody shut it, or the server died in a restore. Open it: ${open}`,
    );
  }
  if (/unsupported startup parameter/i.test(said)) return { kind: 'refused', problem: pooler };
  if (/password authentication|no password supplied|fe_sendauth/i.test(said)) {
    return problem('password', `give the password of ${target.user ?? 'the user'}`);
  }
  if (/Peer authentication|role ".*" does not exist/i.test(said)) {
    return problem(
      'user',
      'name a role that exists in user; on the host the role of the SSH user is taken',
    );
  }
  return problem('', 'is the server up, and is this the way in? Try psql there by hand');
}

/** A pooler hands each statement to whatever session is free: a snapshot cannot be shared through it, and it cuts long dumps. */
const pooler: Problem = {
  path: 'url-env',
  says: 'a connection pooler such as PgBouncer answers instead of the server',
  fix: 'give the direct address and port of the server; providers list it beside the pooled one',
};

function judge(database: Database, facts: Facts, tool: string): Inspection {
  const one = (name: string): string => facts.get(name)?.[0] ?? '';
  const serverVersion = one('server-version');
  const tables = Number(one('tables'));
  const roles = facts.get('role') ?? [];
  return {
    problems: [
      ...(one('direct') === 'yes' ? [] : [pooler]),
      ...judgeVersions(one('server-version-num'), serverVersion, tool),
      ...judgeRights(one('user'), facts),
    ],
    warnings: tables === 0 ? [`nothing can be backed up: the database has no table`] : [],
    serverVersion,
    toolVersion: tool,
    sizeBytes: Number(one('size')),
    standing: tables === 0 ? 'empty' : 'filled',
    officialImage: officialImage('postgres', serverVersion),
    facts: {
      database: loginOf(database).target.database,
      preload: one('preload'),
      encoding: one('encoding'),
      making: one('making'),
      extensions: (facts.get('extension') ?? []).join(', '),
      roles: JSON.stringify(roles),
    },
  };
}

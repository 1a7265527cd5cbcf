import {
  catalogueQuery,
  grantsThroughRoles,
  serverQuery,
  type Rows,
} from '../../../commands/backup/mysql-queries';
import {
  flavourOf,
  isOlder,
  parseTools,
  serverVersionOf,
  toolsWords,
  type MysqlTools,
} from '../../../commands/backup/mysql-tools';
import { rightsOn } from '../../../domain/backup/mysql-grants';
import { missingRights } from '../../../domain/backup/mysql-preflight';
import { officialImage } from '../../../domain/backup/official-image';
import type { Problem } from '../../../domain/problem';
import { messageOf } from '../../../errors';
import { toolArgv, type Database } from '../database';
import type { Inspection } from '../database-engine';
import { askMysql, loginOf, type MysqlServer } from './ask';
import { catalogueOf, type Catalogue } from './catalogue';

/** What is there, which tools, with which rights. */
export async function inspectMysql(at: Database): Promise<Inspection> {
  const login = loginOf(at);
  if (!('login' in login)) return refused([login]);
  const said = await at.host.exec(toolArgv(at, toolsWords));
  const tools = parseTools(said.stdout);
  const problems = [...toolProblems(tools, said.stderr), ...nameProblems(login.database)];
  if (login.database === null || tools.client === '') return refused(problems, tools);
  const server = { at, tools, login: login.login };
  try {
    const rows = await askMysql(server, serverQuery + catalogueQuery(login.database));
    return judge(server, login.database, rows, await grantLines(server, rows), problems);
  } catch (thrown) {
    return refused([...problems, noAnswer(at, messageOf(thrown))], tools);
  }
}

const noAnswer = (at: Database, says: string): Problem => ({
  path: at.place.at === 'url' ? 'url-env' : 'user',
  says,
  fix:
    at.place.at === 'container'
      ? 'give user and password, or start the container with MARIADB_ROOT_PASSWORD or MYSQL_ROOT_PASSWORD; is the server up?'
      : 'check user, password and address; is the server up, and may this user log in from this host?',
});

function judge(
  { at, tools }: MysqlServer,
  database: string,
  rows: Rows,
  grants: readonly string[],
  before: readonly Problem[],
): Inspection {
  const [, version = '', comment = '', identity = '', lowerCase = '', pageSize = ''] =
    rows.find(([kind]) => kind === 'server')?.map((cell) => cell ?? '') ?? [];
  const [[said] = []] = rows;
  const server = { flavour: flavourOf(version), version: serverVersionOf(version) };
  const rights = rightsOn(database, grants);
  const catalogue = catalogueOf(rows);
  const { lockTables } = at.settings;
  const { hiddenRoutines } = catalogue;
  const absent = !catalogue.exists && rights.sees;
  const judged = { database, identity, rights, lockTables, server, hiddenRoutines };
  return {
    problems: [
      ...before,
      ...serverProblems(tools, server, [said ?? '', comment]),
      ...(absent ? [] : missingRights(judged)),
    ],
    warnings: warningsOf(catalogue, lockTables),
    serverVersion: version,
    toolVersion: tools.version === '' ? '' : `${tools.dump} ${tools.version}`,
    sizeBytes: catalogue.sizeBytes,
    standing: absent ? 'absent' : isEmpty(catalogue) ? 'empty' : 'filled',
    officialImage: officialImage(server.flavour, server.version),
    facts: {
      database,
      lowerCaseTableNames: lowerCase,
      innodbPageSize: pageSize,
      tools: JSON.stringify(tools),
      maskingPolicies: String(rights.reads('mysql', 'column_masking_policy')),
    },
  };
}

const isEmpty = ({ objectCounts }: Catalogue): boolean =>
  Object.values(objectCounts).every((count) => count === 0);

/** Rows of `show grants`, with those that come through roles. */
async function grantLines(server: MysqlServer, rows: Rows): Promise<readonly string[]> {
  const lines = (from: Rows): readonly string[] =>
    from.flatMap(([first]) => (/^(GRANT|REVOKE) /.test(first ?? '') ? [first ?? ''] : []));
  const roles =
    rows.find(([kind, , more]) => kind === 'roles' && more !== undefined)?.[1] ?? 'NONE';
  if (roles === 'NONE' || roles === '') return lines(rows);
  return lines(await askMysql(server, grantsThroughRoles(roles)));
}

function toolProblems({ client, dump }: MysqlTools, said: string): readonly Problem[] {
  if (client !== '' && dump !== '') return [];
  const lacks = dump === '' ? 'mariadb-dump or mysqldump' : 'mariadb or mysql';
  return [
    {
      path: 'service',
      says: `there is no ${lacks} where the database is${said.trim() === '' ? '' : ` (${said.trim().slice(0, 200)})`}`,
      fix: 'use an image of the database that has its client tools, or install them on the host (Debian: mariadb-client)',
    },
  ];
}

const nameProblems = (database: string | null): readonly Problem[] =>
  database === null
    ? [
        {
          path: 'database',
          says: 'is missing, and the container does not name one',
          fix: 'name the database',
        },
      ]
    : [];

function serverProblems(
  tools: MysqlTools,
  server: { readonly flavour: string; readonly version: string },
  comments: readonly string[],
): readonly Problem[] {
  const proxy = comments.find((comment) => /proxysql|maxscale/i.test(comment));
  if (proxy !== undefined) {
    return [
      {
        path: 'url-env',
        says: `${proxy} answers there, not the server: a dump through it may come from several servers`,
        fix: 'name the address and port of the server itself',
      },
    ];
  }
  if (tools.dump === '' || server.version === '') return [];
  const both = `${tools.dump} is ${nameOf(tools.flavour)} ${tools.version}, the server ${nameOf(server.flavour)} ${server.version}`;
  const fix = `use the tools of the server's own image, or install ${nameOf(server.flavour)}'s client ${server.version} or newer there`;
  if (tools.flavour !== server.flavour)
    return [{ path: 'service', says: `${both}: each leaves out what only the other one has`, fix }];
  if (tools.version === '' || isOlder(tools.version, server.version))
    return [
      { path: 'service', says: `${both}: an older tool does not know all that is there`, fix },
    ];
  return [];
}

const nameOf = (flavour: string): string => (flavour === 'mariadb' ? 'MariaDB' : 'MySQL');

function warningsOf({ tables, versioned }: Catalogue, locked: boolean): readonly string[] {
  const loose = tables.filter(({ transactional }) => !transactional).map(({ name }) => name);
  const named = (names: readonly string[]): string =>
    `${names.slice(0, 5).join(', ')}${names.length > 5 ? `, and ${names.length - 5} more` : ''}`;
  return [
    ...(loose.length === 0 || locked
      ? []
      : [
          `not transactional: ${named(loose)}. Rows written to them during the dump may be in it or not; \`lock-tables: true\` lets writers wait, or convert them to InnoDB`,
        ]),
    ...(versioned.length === 0
      ? []
      : [
          `system-versioned: ${named(versioned)}. The dump holds their current rows, not their history`,
        ]),
  ];
}

function refused(problems: readonly Problem[], tools?: MysqlTools): Inspection {
  return {
    problems,
    warnings: [],
    serverVersion: '',
    toolVersion: tools?.version ?? '',
    sizeBytes: 0,
    standing: 'filled',
    facts: {},
  };
}

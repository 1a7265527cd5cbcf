import { identifier, textLiteral } from './mysql-queries';

/**
 * A client that is older than the dump tool may not know the first line of MariaDB's dumps; a newer one must have it, as it keeps
 * statements of the dump from running programs.
 */
const sandboxLine = String.raw`NR == 1 && /enable the sandbox mode/ { next }`;

/** Scheduled events would run in the copy already, and change what is counted. */
export const withoutEvents = (knowsSandbox: boolean): string => `${knowsSandbox ? '' : sandboxLine}
/^-- Dumping events for database / { events = 1 }
/^-- Dumping routines for database / || /^-- Final view structure / || /^\\/\\*!40103 SET TIME_ZONE=@OLD/ { events = 0 }
!events { print }`;

/** Views, triggers, routines and events, without tables and rows: triggers follow the rows of their table. */
export const definitionsOnly = (
  knowsSandbox: boolean,
): string => `${knowsSandbox ? '' : sandboxLine}
/^-- (Table|Sequence) structure for / { table = 1; next }
/^-- Dumping data for table / { table = 1; next }
/^-- (Temporary|Final) / || /^-- Dumping (events|routines) / || /^\\/\\*!40103 SET TIME_ZONE=@OLD/ { table = 0 }
table && /^\\/\\*!50003 SET / { table = 0 }
!table { print }`;

/** Words that make a dump tool print how everything is defined, and no rows; loaded again, it replaces what is there. */
export const definitionWords = (
  dump: string,
  knows: readonly string[],
  database: string,
): readonly string[] => [
  dump,
  ...[
    '--no-data',
    '--routines',
    '--triggers',
    '--events',
    '--add-drop-trigger',
    '--single-transaction',
  ],
  ...['--no-tablespaces', '--default-character-set=utf8mb4', '--skip-compact'],
  ...(knows.includes('set-gtid-purged') ? ['--set-gtid-purged=OFF'] : []),
  ...(knows.includes('masking-policies') ? ['--skip-masking-policies'] : []),
  '--',
  database,
];

/** The name of a database beside another one: as much of it as 64 signs allow. */
export function besides(database: string, what: 'restore' | 'before', tag: string): string {
  const end = `_${what}_${tag}`;
  return database.slice(0, 64 - end.length) + end;
}

/** Names of all databases, and sessions at work in one of them. */
export const databasesQuery = 'select schema_name from information_schema.schemata;\n';
export const sessionsQuery = (database: string): string =>
  `select id from information_schema.processlist where db = ${textLiteral(database)};\n`;

/** Those databases that restores of this one have left, which died on the way. */
export function leftBy(database: string, names: readonly string[]): readonly string[] {
  return names.filter((name) => {
    const tag = /_restore_(\d+_\d{8}t\d{6})$/.exec(name)?.[1];
    return tag !== undefined && besides(database, 'restore', tag) === name;
  });
}

/** The statement that made a database, for another name. @param created as `show create database` prints it */
export function createAs(created: string, name: string): string {
  const rest = /^CREATE DATABASE `(?:[^`]|``)*`(.*)$/is.exec(created)?.[1] ?? '';
  return `create database ${identifier(name)}${rest};\n`;
}

/** Removes a database with all that is in it. */
export const dropDatabase = (name: string): string =>
  `drop database if exists ${identifier(name)};\n`;

/** Names of what stands in a database. */
export interface DatabaseObjects {
  /** Tables and sequences. */
  readonly movable: readonly string[];
  readonly views: readonly string[];
  readonly triggers: readonly string[];
  readonly events: readonly string[];
  readonly routines: readonly { readonly name: string; readonly type: string }[];
}

/**
 * Fails soon when somebody holds a table, before anything waits for it without an end. One by one: with GTIDs on, MySQL refuses to
 * lock transactional tables together with others.
 */
export function probeLocks(
  database: string,
  { movable }: DatabaseObjects,
  lockWaitSeconds: number,
): string {
  const probes = movable.map(
    (name) => `lock tables ${identifier(database)}.${identifier(name)} write;\nunlock tables;\n`,
  );
  return `set session lock_wait_timeout = ${lockWaitSeconds};\n${probes.join('')}`;
}

/**
 * The tables of the copy take the place of the live ones in one statement, which go to `kept`. A table with triggers cannot change
 * its database: triggers go first, and events, so that none runs in between.
 */
export function swapStatements(
  names: { readonly live: string; readonly copy: string; readonly kept: string },
  live: DatabaseObjects,
  copy: DatabaseObjects,
  lockWaitSeconds: number,
): string {
  const at = (database: string, name: string): string =>
    `${identifier(database)}.${identifier(name)}`;
  const drop = (kind: string, database: string, all: readonly string[]): string =>
    all.map((name) => `drop ${kind} if exists ${at(database, name)};\n`).join('');
  const moves = [
    ...live.movable.map((name) => `${at(names.live, name)} to ${at(names.kept, name)}`),
    ...copy.movable.map((name) => `${at(names.copy, name)} to ${at(names.live, name)}`),
  ];
  return `set session foreign_key_checks = 0, session lock_wait_timeout = ${lockWaitSeconds};
${drop('trigger', names.copy, copy.triggers)}${drop('event', names.live, live.events)}${drop('trigger', names.live, live.triggers)}rename table ${moves.join(', ')};
set session lock_wait_timeout = default;
`;
}

/** What else stood in the live database gives way to what the backup has. */
export function dropDefinitions(database: string, { views, routines }: DatabaseObjects): string {
  const at = (name: string): string => `${identifier(database)}.${identifier(name)}`;
  return [
    ...views.map((name) => `drop view if exists ${at(name)};\n`),
    ...routines.map(({ name, type }) => `drop ${type} if exists ${at(name)};\n`),
  ].join('');
}

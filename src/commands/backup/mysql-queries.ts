/** Rows that the client printed with `--batch`: each a list of texts, NULL as null. */
export type Rows = readonly (readonly (string | null)[])[];

/** Arguments of a client that prints rows as `parseRows` reads them. */
export const clientOptions = ['--batch', '--skip-column-names', '--default-character-set=utf8mb4'];

/** Reads rows; a text `NULL` cannot be told from none, which no name here is. */
export function parseRows(output: string): Rows {
  const lines = output.split('\n').filter((line) => line !== '');
  return lines.map((line) =>
    line.split('\t').map((cell) => (cell === 'NULL' ? null : unescape(cell))),
  );
}

function unescape(cell: string): string {
  const meant: Readonly<Record<string, string>> = { n: '\n', t: '\t', '0': '\0' };
  return cell.replaceAll(/\\(.)/gs, (_, sign: string) => meant[sign] ?? sign);
}

/** A text as SQL that means the same under every sql_mode. */
export function textLiteral(text: string): string {
  const bytes = [...new TextEncoder().encode(text)];
  return `_utf8mb4 x'${bytes.map((byte) => byte.toString(16).padStart(2, '0')).join('')}'`;
}

/** A name as SQL. */
export const identifier = (name: string): string => `\`${name.replaceAll('`', '``')}\``;

/**
 * What the server says of itself, by itself on the first line. ProxySQL answers this text, letter by letter, with its own name
 * (`SELECT_VERSION_COMMENT` in its MySQL_Session.cpp); any other question it passes on to a server behind it.
 */
const commentQuery = 'select @@version_comment limit 1;';

/** Who is asked, who asks, and with which rights. `show grants` prints hashes of passwords: its rows are never shown. */
export const serverQuery = `${commentQuery}
select 'server', version(), @@version_comment, current_user(), @@lower_case_table_names, @@innodb_page_size;
select 'roles', /*!80000 current_role(), */ '';
show grants;
`;

/** Rights that come by MySQL's roles, which a plain `show grants` only names. @param roles as `current_role()` prints them */
export const grantsThroughRoles = (roles: string): string =>
  `show grants for current_user() using ${roles};\n`;

/** What the server has in its catalogue of a database, as this user sees it. */
export function catalogueQuery(database: string): string {
  const name = textLiteral(database);
  return `select 'schema', schema_name from information_schema.schemata where schema_name = ${name};
select 'table', t.table_name, t.table_type, t.engine, e.transactions, coalesce(t.data_length + t.index_length, 0)
  from information_schema.tables t left join information_schema.engines e on e.engine = t.engine where t.table_schema = ${name};
select 'trigger', trigger_name from information_schema.triggers where trigger_schema = ${name};
select 'event', event_name from information_schema.events where event_schema = ${name};
select 'routine', routine_name, routine_type, routine_definition is null from information_schema.routines where routine_schema = ${name};
`;
}

/** How the database was made, to make it again; names come in backticks whatever the server's mode is. */
export const createQuery = (database: string): string =>
  `set session sql_mode = '', sql_quote_show_create = 1;\nshow create database ${identifier(database)};\n`;

/** What a counting session says once its snapshot stands; the counts follow. */
export const snapshotReady = 'snapshot-stands';

/** Counts rows in one snapshot; tables are known by their place in the list. */
export function countQuery(database: string, tables: readonly string[]): string {
  const counts = tables.map(
    (table, index) =>
      `select 'rows', ${index}, count(*) from ${identifier(database)}.${identifier(table)};\n`,
  );
  return `set session transaction isolation level repeatable read;
start transaction with consistent snapshot;
select '${snapshotReady}';
${counts.join('')}commit;
`;
}

/** Reads the counts, by table. */
export function parseCounts(rows: Rows, tables: readonly string[]): ReadonlyMap<string, number> {
  return new Map(
    rows.flatMap(([kind, index, count]) => {
      const table = kind === 'rows' ? tables[Number(index)] : undefined;
      return table === undefined ? [] : [[table, Number(count)] as const];
    }),
  );
}

/** Who works in this database now; texts of queries are cut to what tells a dump. */
export function activityQuery(database: string): string {
  return `select 'thread', id, time, state, left(info, 40), user = substring_index(user(), '@', 1)
  from information_schema.processlist where db = ${textLiteral(database)} and command = 'Query';\n`;
}

/** One thread of the server that is at work. */
export interface Thread {
  readonly id: number;
  readonly seconds: number;
  readonly state: string;
  readonly text: string;
  /** Of the user that asks. */
  readonly own: boolean;
}

export function parseThreads(rows: Rows): readonly Thread[] {
  return rows.flatMap(([kind, id, seconds, state, text, own]) =>
    kind === 'thread'
      ? [
          {
            id: Number(id),
            seconds: Number(seconds),
            state: state ?? '',
            text: text ?? '',
            own: own === '1',
          },
        ]
      : [],
  );
}

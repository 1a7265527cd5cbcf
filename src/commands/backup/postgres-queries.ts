/** Schemas that every database has. */
const ours = `n.nspname not in ('pg_catalog', 'information_schema', 'pg_toast') and n.nspname not like 'pg\\_temp\\_%' and n.nspname not like 'pg\\_toast\\_temp\\_%'`;

/** What an extension brings comes back with it; what a team put into its tables is told by the extension. */
const notOfExtension = (catalogue: string, id: string): string =>
  `not exists (select 1 from pg_depend d where d.classid = '${catalogue}'::regclass and d.objid = ${id} and d.deptype = 'e')`;

const tables = `from pg_class c join pg_namespace n on n.oid = c.relnamespace
  where ${ours} and ${notOfExtension('pg_class', 'c.oid')}`;

/**
 * How a database like this one is made. Read as JSON, because the columns of the provider came with PostgreSQL 15 and have other names in
 * 17. It is always named: a cluster may have another one as its default.
 */
const making = `select 'making', format('with template template0 encoding %L lc_collate %L lc_ctype %L', pg_encoding_to_char(encoding), datcollate, datctype)
  || case d->>'datlocprovider' when 'c' then ' locale_provider libc'
    when 'i' then format(' locale_provider icu icu_locale %L', coalesce(d->>'datlocale', d->>'daticulocale')) || coalesce(' icu_rules ' || quote_literal(d->>'daticurules'), '')
    when 'b' then format(' locale_provider builtin builtin_locale %L', d->>'datlocale') else '' end
  from (select *, to_jsonb(one) as d from pg_database one where datname = current_database()) it`;

/** One row each: a fact of the server or the database, its value. */
export const factQueries: readonly string[] = [
  `select 'direct', coalesce(current_setting('shiplock.direct', true), '')`,
  `select 'server-version-num', current_setting('server_version_num')`,
  `select 'server-version', current_setting('server_version')`,
  // Who may not see it gets no row; asked for by name it would be an error.
  `select 'preload', setting from pg_settings where name = 'shared_preload_libraries'`,
  `select 'standby', pg_is_in_recovery()`,
  `select 'user', current_user`,
  `select 'size', pg_database_size(current_database())`,
  `select 'bypass', rolsuper or rolbypassrls from pg_roles where rolname = current_user`,
  `select 'encoding', pg_encoding_to_char(encoding) || ' ' || datcollate || ' ' || datctype from pg_database where datname = current_database()`,
  making,
  `select 'tables', count(*) ${tables} and c.relkind in ('r', 'p', 'm', 'f')`,
  `select 'role', rolname from pg_roles where rolname not like 'pg\\_%' order by 2`,
  `select 'extension', extname || ' ' || extversion from pg_extension order by 2`,
];

/**
 * One row for each thing that the user may not read, or sees only a part of: its kind and its name. `case`, because the planner
 * may otherwise ask for the rights on a sequence of what is none.
 */
export const obstacleQueries: readonly string[] = [
  `select 'rls', format('%I.%I', n.nspname, c.relname) ${tables} and case when c.relkind in ('r', 'p') and has_schema_privilege(n.oid, 'usage') then row_security_active(c.oid) end`,
  `select 'schema', format('%I', n.nspname) from pg_namespace n where ${ours} and ${notOfExtension('pg_namespace', 'n.oid')} and not has_schema_privilege(n.oid, 'usage')`,
  `select 'table', format('%I', n.nspname) ${tables} and c.relkind in ('r', 'p', 'm') and has_schema_privilege(n.oid, 'usage') and not has_table_privilege(c.oid, 'select') group by 2`,
  `select 'sequence', format('%I', n.nspname) ${tables} and case when c.relkind = 'S' and has_schema_privilege(n.oid, 'usage') then not has_sequence_privilege(c.oid, 'select') end group by 2`,
];

/** Objects by kind, as they are in the source and must be in the copy. */
export const objectQuery: string = [
  ['tables', `${tables} and c.relkind in ('r', 'p', 'f')`],
  ['views', `${tables} and c.relkind = 'v'`],
  ['materialized views', `${tables} and c.relkind = 'm'`],
  ['sequences', `${tables} and c.relkind = 'S'`],
  ['indexes', `${tables} and c.relkind in ('i', 'I')`],
  [
    'routines',
    `from pg_proc p join pg_namespace n on n.oid = p.pronamespace where ${ours} and ${notOfExtension('pg_proc', 'p.oid')}`,
  ],
  [
    'triggers',
    `from pg_trigger t join pg_class c on c.oid = t.tgrelid join pg_namespace n on n.oid = c.relnamespace where ${ours} and not t.tgisinternal and ${notOfExtension('pg_class', 'c.oid')}`,
  ],
  [
    'constraints',
    `from pg_constraint k join pg_namespace n on n.oid = k.connamespace where ${ours} and k.contype in ('p', 'u', 'f', 'c', 'x') and ${notOfExtension('pg_class', 'k.conrelid')}`,
  ],
  [
    'policies',
    `from pg_policy y join pg_class c on c.oid = y.polrelid join pg_namespace n on n.oid = c.relnamespace where ${ours}`,
  ],
  ['extensions', 'from pg_extension'],
  ['large objects', 'from pg_largeobject_metadata'],
]
  .map(([kind, from]) => `select '${kind}', count(*) ${from}`)
  .join(' union all ');

/** Makes one query for each table that has rows of its own; psql runs them one after the other. */
export const rowQuery = `select format('select %L, count(*) from only %I.%I', n.nspname || '.' || c.relname, n.nspname, c.relname)
  ${tables} and (c.relkind = 'r' or (c.relkind = 'm' and c.relispopulated)) order by n.nspname, c.relname \\gexec`;

/** Position in the log of changes, as far as it can be told. */
export const positionQuery = `select 'position', case when pg_is_in_recovery() then pg_last_wal_replay_lsn() else pg_current_wal_lsn() end`;

/** Rows of two columns. */
export function readPairs(lines: readonly string[]): readonly (readonly [string, string])[] {
  return lines.flatMap((line) => {
    const tab = line.lastIndexOf('\t');
    return tab < 0 ? [] : [[line.slice(0, tab), line.slice(tab + 1)] as const];
  });
}

/** Rows of a name and a count. */
export function readCounts(lines: readonly string[]): Readonly<Record<string, number>> {
  return Object.fromEntries(readPairs(lines).map(([name, count]) => [name, Number(count)]));
}

import { quote, script } from '../shell';

/** How the tools reach a database; the password goes another way. */
export interface PostgresTarget {
  readonly database: string;
  readonly user: string | null;
  readonly host: string | null;
  readonly port: string | null;
  /** `sslmode` and the like, from a URL. */
  readonly more: Readonly<Record<string, string>>;
}

/** libpq's connection text, every value quoted. */
export function connectionText({ database, user, host, port, more }: PostgresTarget): string {
  const parts = { host, port, user, dbname: database, ...more, application_name: 'shiplock' };
  return Object.entries(parts)
    .filter(([, value]) => value !== null)
    .map(([name, value]) => `${name}='${String(value).replaceAll(/['\\]/g, '\\$&')}'`)
    .join(' ');
}

/** Keys of a URL's query that libpq knows and that are no secrets. */
const urlKeys = [
  'sslmode',
  'sslrootcert',
  'channel_binding',
  'target_session_attrs',
  'connect_timeout',
];

/** Takes a URL apart; null when it is none of PostgreSQL. */
export function readPostgresUrl(
  text: string,
): { readonly target: PostgresTarget; readonly password: string | null } | null {
  if (!/^postgres(ql)?:\/\//.test(text) || !URL.canParse(text)) return null;
  const { hostname, port, username, password, pathname, searchParams } = new URL(text);
  const database = decodeURIComponent(pathname.slice(1));
  if (database === '' || hostname === '') return null;
  const more = urlKeys.flatMap((key) => {
    const value = searchParams.get(key);
    return value === null ? [] : [[key, value] as const];
  });
  return {
    target: {
      database,
      user: username === '' ? null : decodeURIComponent(username),
      host: hostname.replace(/^\[|\]$/g, ''),
      port: port === '' ? null : port,
      more: Object.fromEntries(more),
    },
    password: password === '' ? null : decodeURIComponent(password),
  };
}

/**
 * What every connection of ours asks for. Only the server itself takes the setting with our name on: PgBouncer 1.24 refuses it
 * (`unsupported startup parameter in options`), or swallows it where `ignore_startup_parameters` has `options` (both measured).
 */
const options = [
  'PGOPTIONS=-c shiplock.direct=yes -c lock_timeout=30s -c statement_timeout=0 -c idle_in_transaction_session_timeout=0',
  'PGCONNECT_TIMEOUT=20',
];

/** In a container its own password is used when no other is given; it never leaves it. */
const ownPassword = `if [ -z "$PGPASSWORD" ]; then
  if [ -n "$POSTGRES_PASSWORD_FILE" ]; then PGPASSWORD=$(cat "$POSTGRES_PASSWORD_FILE")
  else PGPASSWORD=\${POSTGRES_PASSWORD:-$POSTGRESQL_PASSWORD}; fi
  export PGPASSWORD
fi
[ -n "$PGPASSWORD" ] || unset PGPASSWORD
PATH=$PATH:/usr/lib/postgresql/$(ls /usr/lib/postgresql 2>/dev/null | sort -n | tail -n 1)/bin
exec "$@"`;

/** A tool of PostgreSQL, with what it must have around it. */
export function postgresTool(words: readonly string[]): readonly string[] {
  return ['env', ...options, ...script(ownPassword, words)];
}

/** A session that answers one tab-separated line a row, and ends at the first error. */
export function psql(target: PostgresTarget): readonly string[] {
  const flags = ['-X', '-A', '-t', '-q', '-w', '-F', '\t', '-v', 'ON_ERROR_STOP=1'];
  return postgresTool(['psql', ...flags, '-d', connectionText(target)]);
}

/** The dump of one snapshot. It never waits longer than that for a lock, and so never queues others behind it. */
export function pgDump(target: PostgresTarget, snapshot: string): readonly string[] {
  const what = ['-Fc', '-Z6', `--snapshot=${snapshot}`, '--lock-wait-timeout=30s', '-w'];
  return postgresTool(['pg_dump', ...what, '-d', connectionText(target)]);
}

/** Roles and tablespaces, without passwords. */
export function pgDumpGlobals(target: PostgresTarget): readonly string[] {
  const flags = ['--globals-only', '--no-role-passwords', '--lock-wait-timeout=30s', '-w'];
  return postgresTool([
    'pg_dumpall',
    ...flags,
    '-l',
    target.database,
    '-d',
    connectionText(target),
  ]);
}

/** Reads all blocks of an archive on stdin and writes nothing; `--list` would only look at its beginning. */
export const pgRestoreRead = postgresTool(['pg_restore', '-f', '/dev/null']);

/** What an archive on stdin says that it holds, a line each. */
export const pgRestoreList = postgresTool(['pg_restore', '--list']);

/** Counts the tables whose data such a list names. */
export const countListedData = (list: string): readonly string[] => [
  ...['grep', '-cE', '^[0-9]+; [0-9]+ [0-9]+ (TABLE|MATERIALIZED VIEW) DATA ', list],
];

/** User of a scratch server; no database that anybody has will know it. */
export const scratchUser = 'shiplock_scratch';

/** The archive on stdin into a scratch server, as the database of its own name, with its locale. */
export const pgRestoreScratch = postgresTool([
  ...['pg_restore', '--exit-on-error', '--create', '--clean', '--if-exists', '--no-tablespaces'],
  ...['-w', '-h', '/scratch', '-U', scratchUser, '-d', 'template1'],
]);

/** Leaves of `$preload` what the image has: libraries lie at one of these places in Debian's packages, the official images and Bitnami's. */
const knownLibraries = `known=
for library in $(echo "$preload" | tr -d ' "' | tr , ' '); do
  for folder in /usr/lib/postgresql/*/lib /usr/lib/postgresql*/lib /usr/local/lib/postgresql /usr/lib/postgresql /opt/bitnami/postgresql/lib; do
    if [ -e "$folder/\${library##*/}.so" ]; then known="$known\${known:+,}$library"; break; fi
  done
done
preload=$known
`;

/**
 * Boots a new server below /scratch as the user that the image has for it.
 * @param own whether the image is that of the database itself, which has to have all libraries that the server loads. A published one
 * gets those that it has: what a provider adds for itself (`rdsutils`) nobody else has, and what is missed the restore says
 */
export function scratchBoot(preload: string, own: boolean): string {
  return `set -eu
PATH=$PATH:/usr/lib/postgresql/$(ls /usr/lib/postgresql 2>/dev/null | sort -n | tail -n 1)/bin
export PATH
preload=${quote([preload])}
${own ? '' : knownLibraries}export preload
user=postgres; id -u postgres >/dev/null 2>&1 || user=nobody
mkdir -p /scratch/data
chown -R "$user" /scratch
chmod 700 /scratch/data
cat >/scratch/start <<'END'
set -eu
initdb -D /scratch/data -U ${scratchUser} --auth=trust -E UTF8 --locale=C >/dev/null
exec postgres -D /scratch/data -c listen_addresses= -c unix_socket_directories=/scratch \\
  -c fsync=off -c full_page_writes=off -c synchronous_commit=off -c max_wal_size=4GB -c autovacuum=off \\
  -c maintenance_work_mem=128MB -c logging_collector=off \\
  -c log_min_error_statement=panic -c log_error_verbosity=terse -c shared_preload_libraries="$preload"
END
if command -v setpriv >/dev/null 2>&1 && setpriv --reuid="$user" --regid="$(id -g "$user")" --clear-groups true 2>/dev/null; then
  exec setpriv --reuid="$user" --regid="$(id -g "$user")" --clear-groups sh /scratch/start
fi
if command -v su-exec >/dev/null 2>&1; then exec su-exec "$user" sh /scratch/start; fi
if command -v gosu >/dev/null 2>&1; then exec gosu "$user" sh /scratch/start; fi
exec su -s /bin/sh "$user" -c 'exec sh /scratch/start'
`;
}

/** In the scratch server. */
export const scratchTarget = (database: string): PostgresTarget => ({
  ...{ database, user: scratchUser, host: '/scratch', port: null, more: {} },
});

/** Ends with 0 once the scratch server takes work; its first start ends before, so a query is the only proof. */
export const scratchReady = postgresTool([
  ...['psql', '-X', '-A', '-t', '-q', '-w', '-h', '/scratch', '-U', scratchUser],
  ...['-d', 'template1', '-c', 'select 1'],
]);

/** A name of SQL. */
export const quoteName = (name: string): string => `"${name.replaceAll('"', '""')}"`;

import { readSections, sectionHelpers } from '../remote-script';

/** One step of a session: rows of JSON to print, statements that a query writes and that are then run, or a copy of it all. */
export type SqliteStep =
  | { readonly rows: string }
  | { readonly generated: string }
  | { readonly run: string }
  /** Name of the file, in the working folder. */
  | { readonly copyTo: string };

/** A session on one connection, read-only; `immutable` where nobody writes: it then makes no files beside the database. */
export interface SqliteSession {
  /** From the root on. */
  readonly path: string;
  readonly immutable: boolean;
  readonly steps: readonly SqliteStep[];
}

/** How long a locked database is waited for. */
const patienceMs = 30_000;

const rowCounts: SqliteStep = {
  // Virtual tables have no root page: what is in them lies in tables of their own, which are counted.
  generated: `SELECT printf('SELECT json_object(''table'', %Q, ''rows'', count(*)) FROM "%w";', name, name) FROM sqlite_master WHERE type = 'table' AND rootpage > 0 ORDER BY name`,
};
const objectCounts: SqliteStep = {
  rows: `SELECT json_object('kind', type, 'count', count(*)) FROM sqlite_master GROUP BY type`,
};

/** What is there: version of the library, journal, size, number of tables. */
export const sqliteLook: readonly SqliteStep[] = [
  {
    rows: `SELECT json_object('version', sqlite_version(), 'tables', (SELECT count(*) FROM sqlite_master WHERE type = 'table'), 'bytes', (SELECT page_count * page_size FROM pragma_page_count, pragma_page_size))`,
  },
  { rows: 'PRAGMA journal_mode' },
];

/** Counts and copy of one moment: the read transaction that counts is the one that is copied. */
export const sqliteDump = (copyTo: string): readonly SqliteStep[] => [
  { run: 'BEGIN' },
  rowCounts,
  objectCounts,
  { copyTo },
  { run: 'COMMIT' },
];

/** Counts of a database that nobody writes to. */
export const sqliteCounts: readonly SqliteStep[] = [rowCounts, objectCounts];

/** Prints `ok`, or what is wrong; the exit code is 0 in both cases. */
export const sqliteIntegrity: readonly SqliteStep[] = [{ rows: 'PRAGMA integrity_check(10)' }];

/** How many rows point to rows that are not there: the integrity check does not look. It fails where a schema names what cannot be pointed to. */
export const sqliteForeignKeys: readonly SqliteStep[] = [
  { rows: `SELECT json_object('broken', count(*)) FROM pragma_foreign_key_check` },
];

/** The database as a URI: without it, a path that does not exist would be made. */
export function sqliteUri({ path, immutable }: Pick<SqliteSession, 'path' | 'immutable'>): string {
  const encoded = path.split('/').map(encodeURIComponent).join('/');
  return `file:${encoded}?mode=ro${immutable ? '&immutable=1' : ''}`;
}

/** Argv of SQLite's own shell, which gets the session by stdin; it ends at the first error. */
export function sqliteShell(session: SqliteSession): {
  readonly argv: readonly string[];
  readonly stdin: string;
} {
  const lines = session.steps.flatMap((step): readonly string[] => {
    if ('rows' in step) return [`${step.rows};`];
    if ('run' in step) return [`${step.run};`];
    if ('copyTo' in step) return [`.backup ${step.copyTo}`];
    return [`.output statements`, `${step.generated};`, '.output', '.read statements'];
  });
  const head = [`.timeout ${patienceMs}`, '.headers off', '.mode list'];
  return {
    argv: ['sqlite3', '-batch', '-bail', '-init', '/dev/null', sqliteUri(session)],
    stdin: `${[...head, ...lines].join('\n')}\n`,
  };
}

const nodeProgram = `import { readFileSync } from 'node:fs';
import { backup, DatabaseSync } from 'node:sqlite';
// Node's own report begins with the place in its sources, not with what happened.
process.on('uncaughtException', (thrown) => { console.error(thrown.message); process.exit(1); });
const { uri, patienceMs, steps } = JSON.parse(readFileSync(0, 'utf8'));
const database = new DatabaseSync(new URL(uri), { readOnly: true, timeout: patienceMs });
const rows = (sql) => database.prepare(sql).all().map((row) => Object.values(row)[0]);
const print = (sql) => rows(sql).forEach((row) => console.log(row));
for (const step of steps) {
  if (step.rows) print(step.rows);
  else if (step.run) database.exec(step.run);
  else if (step.copyTo) await backup(database, step.copyTo);
  else rows(step.generated).forEach(print);
}
database.close();`;

/** The same by Node's own SQLite. */
export function sqliteByNode(session: SqliteSession): {
  readonly argv: readonly string[];
  readonly stdin: string;
} {
  const { steps } = session;
  const uri = sqliteUri(session);
  return {
    argv: [
      ...['node', '--disable-warning=ExperimentalWarning', '--input-type=module'],
      ...['--eval', nodeProgram],
    ],
    stdin: JSON.stringify({ uri, patienceMs, steps }),
  };
}

/**
 * Works in folder `$1` and leaves nothing there but `$2`, which it gives to the folder's owner: it was made by a container's root.
 */
export const sqliteWorkScript = `umask 077
cd "$1" || exit 1
made=$2; shift 2
"$@"; code=$?
rm -f statements
if [ "$(id -u)" = 0 ] && [ -f "$made" ]; then chown "$(stat -c %u:%g .)" "$made" || exit 1; fi
exit "$code"`;

/** What a session printed: rows that are JSON, and others as they are. */
export interface SqliteAnswer {
  readonly rowCounts: Readonly<Record<string, number>>;
  readonly objectCounts: Readonly<Record<string, number>>;
  readonly facts: Readonly<Record<string, unknown>>;
  readonly words: readonly string[];
}

/** Reads it. */
export function parseSqlite(stdout: string): SqliteAnswer {
  const lines = stdout.split('\n').filter((line) => line !== '');
  const words = lines.filter((line) => !line.startsWith('{'));
  const rows = lines
    .filter((line) => line.startsWith('{'))
    .map((line) => JSON.parse(line) as Readonly<Record<string, unknown>>);
  const pairs = (key: string, count: string): Readonly<Record<string, number>> =>
    Object.fromEntries(
      rows.filter((row) => key in row).map((row) => [String(row[key]), Number(row[count])]),
    );
  const facts = rows.filter((row) => !('table' in row) && !('kind' in row));
  return {
    rowCounts: pairs('table', 'rows'),
    objectCounts: pairs('kind', 'count'),
    facts: Object.assign({}, ...facts) as Readonly<Record<string, unknown>>,
    words,
  };
}

/** Looks at the file `$1` without SQLite. A folder that one may not look into is something else than a file that is not there. */
export const sqliteFileScript = `${sectionHelpers}
path=$1
command -v sqlite3 >/dev/null 2>&1 && say shell yes
if [ ! -e "$path" ]; then
  case $(LC_ALL=C ls -d "$path" 2>&1) in *ermission*) say denied yes ;; esac
  exit 0
fi
real=$(readlink -f "$path")
say path "$real"
[ -f "$real" ] || exit 0
[ -r "$real" ] && say readable yes
say bytes "$(cat "$real" "$real-wal" 2>/dev/null | wc -c)"
say filesystem "$(stat -f -c %T "$real" 2>/dev/null)"
exit 0`;

/** What is known of a file. */
export interface SqliteFile {
  /** Behind all links; null = nothing is there. */
  readonly path: string | null;
  /** Whether it is there cannot be seen. */
  readonly denied: boolean;
  readonly isFile: boolean;
  readonly readable: boolean;
  /** With what is not in the database itself yet. */
  readonly bytes: number;
  readonly filesystem: string;
  /** SQLite's own shell is there. */
  readonly shell: boolean;
}

/** Reads it. */
export function parseSqliteFile(output: string): SqliteFile {
  const sections = readSections(output);
  const one = (name: string): string | null => sections.get(name)?.[0] ?? null;
  return {
    path: one('path'),
    denied: one('denied') !== null,
    isFile: one('bytes') !== null,
    readable: one('readable') !== null,
    bytes: Number(one('bytes') ?? 0),
    filesystem: one('filesystem') ?? '',
    shell: one('shell') !== null,
  };
}

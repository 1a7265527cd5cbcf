import type { MysqlTools } from './mysql-tools';

/** What decides how a dump is made. */
export interface DumpChoice {
  readonly database: string;
  /** Writers wait until it is done; for tables that are not transactional. */
  readonly lockTables: boolean;
  /** Options that this dump tool knows, see `MysqlTools.knows`. */
  readonly knows: readonly string[];
  /** Masking policies of MySQL 9 may be read. */
  readonly maskingPolicies: boolean;
  /** Longest wait for a table's lock, in seconds. */
  readonly lockWaitSeconds: number;
}

/**
 * The dump tool's words. Without `--databases`, so that it can be restored under another name; `--skip-compact` and comments on,
 * whatever an option file of the team says: the last line is what tells a whole dump.
 */
export function dumpWords(
  { dump }: Pick<MysqlTools, 'dump'>,
  choice: DumpChoice,
): readonly string[] {
  const { database, lockTables, lockWaitSeconds } = choice;
  const known = (option: string, value: string): readonly string[] =>
    choice.knows.includes(option) ? [`--${value}`] : [];
  return [
    dump,
    ...(lockTables ? ['--skip-single-transaction', '--lock-tables'] : ['--single-transaction']),
    ...['--quick', '--routines', '--triggers', '--events', '--hex-blob', '--no-tablespaces'],
    ...['--default-character-set=utf8mb4', '--skip-compact', '--comments', '--dump-date'],
    ...known('set-gtid-purged', 'set-gtid-purged=OFF'),
    ...known('column-statistics', 'column-statistics=0'),
    ...known('init-command', `init-command=set session lock_wait_timeout=${lockWaitSeconds}`),
    ...(choice.maskingPolicies ? [] : known('masking-policies', 'skip-masking-policies')),
    '--',
    database,
  ];
}

/** A DDL came between: the snapshot has the rows, the table's definition has moved on. */
export const isMovedDefinition = (said: string): boolean =>
  /\b1412\b|Error in field count/.test(said);

/**
 * Reads all of a dump on stdin and prints what it holds: heads of statements at the start of a line are never data, whose line breaks
 * are written `\\n`. Inside of `DELIMITER ;;` is code of the team's, of which only the first line counts.
 */
export const readDumpWords: readonly string[] = [
  'env',
  'LC_ALL=C',
  'awk',
  String.raw`
NF { last = substr($0, 1, 80) }
/^DELIMITER ;;/ { code = 1; fresh = 1; next }
/^DELIMITER ;/ { code = 0 }
code && /^\/\*!50106 CREATE\*\/ / { events++ }
code && fresh && /^\/\*!50003 CREATE\*\/ / { triggers++ }
code && fresh && /^CREATE / { routines++ }
{ fresh = 0 }
code { next }
/^CREATE TABLE / { tables++ }
/^CREATE SEQUENCE / { sequences++ }
/^\/\*!50001 VIEW / { views++ }
END {
  print "tables " tables + 0; print "views " views + 0; print "triggers " triggers + 0
  print "routines " routines + 0; print "events " events + 0; print "sequences " sequences + 0
  print "last " last
}`,
];

/** What was found in a dump. */
export interface DumpContents {
  readonly objectCounts: Readonly<Record<string, number>>;
  /** Its last line says that the tool came to its end: necessary, never sufficient. */
  readonly complete: boolean;
}

export function parseDumpContents(output: string): DumpContents {
  const counts = [
    ...output.matchAll(/^(tables|views|triggers|routines|events|sequences) (\d+)$/gm),
  ];
  return {
    objectCounts: Object.fromEntries(counts.map(([, kind = '', count]) => [kind, Number(count)])),
    complete: /^last -- Dump completed/m.test(output),
  };
}

/**
 * What may be shown of a tool's complaint: without warnings, and nothing from the first quoted value on, which may come out of a row
 * (`Duplicate entry 'alice@…' for key`). Backticks hold names. A statement that the client prints is left out.
 */
export function safeWords(stderr: string): string {
  const lines = stderr
    .split('\n')
    .filter((line) => line.trim() !== '' && !line.includes('[Warning]'));
  const said =
    lines.find((line) => /^ERROR \d+|: (Error|Got error|Couldn't)/.test(line)) ?? lines[0];
  return said === undefined ? '' : cutAtValue(said).slice(0, 200);
}

/** What these quote are names: of collations, engines, tables, users, hosts. */
const namesOnly =
  /ERROR (1044|1045|1049|1115|1142|1146|1227|1231|1273|1286|1305|1698|20\d\d)\b|\((1044|1045|1146|1356|1412|20\d\d)\)$/;

const cutAtValue = (line: string): string =>
  namesOnly.test(line) ? line : line.replace(/["'].*$/su, '…');

import {
  parseSqlite,
  sqliteCounts,
  sqliteForeignKeys,
  sqliteIntegrity,
} from '../../../commands/backup/sqlite';
import { firstWords } from '../../../commands/backup/stage';
import { script } from '../../../commands/shell';
import type { Stage } from '../../../domain/records/backup';
import { ShiplockError } from '../../../errors';
import type { Database } from '../database';
import type { Proof, Taken } from '../database-engine';
import { runStage } from '../run-stage';
import { copyCall, liveCall, type Call, type SqliteTool } from './sqlite-reach';

/** The copy, in the folder of the backup. */
export const sqliteFile = 'database.sqlite';

/** SQLite's own check of every page and index, and of what points to rows that are not there. */
export async function readCopy(database: Database, taken: Taken): Promise<readonly Stage[]> {
  const tool = toolOf(taken);
  const { folder } = taken;
  const check = copyCall(database, tool, folder, sqliteFile, sqliteIntegrity);
  const name = 'integrity_check';
  const { stage, stdout } = await runStage(database.host, { name, folder, ...check });
  if (stdout.trim() !== 'ok') {
    throw new ShiplockError(`${database.host.name}: the copy is damaged: ${firstWords(stdout)}`, {
      fault: 'remote',
      hint: 'The copy has what the database has: repair that one (sqlite3 … .recover), then take the backup again.',
    });
  }
  const broken = await askForeignKeys(
    database,
    copyCall(database, tool, folder, sqliteFile, sqliteForeignKeys),
  );
  const { broken: expected = broken } = taken.manifest.facts;
  if (broken === expected) return [stage];
  throw differing(database, broken, expected);
}

const toolOf = ({ manifest }: Taken): SqliteTool => manifest.facts['tool'] as SqliteTool;

/**
 * How many rows of the copy point to rows that are not there. An app may live with such rows, but the copy must not have them where
 * the database has none: then it throws.
 */
export async function brokenKeys(
  database: Database,
  tool: SqliteTool,
  real: string,
  folder: string,
): Promise<string> {
  const steps = sqliteForeignKeys;
  const copied = await askForeignKeys(
    database,
    copyCall(database, tool, folder, sqliteFile, steps),
  );
  if (copied === '0') return copied;
  const live = await askForeignKeys(database, liveCall(database, tool, real, null, steps));
  if (live !== copied) throw differing(database, copied, live);
  return copied;
}

const differing = ({ host }: Database, copied: string, expected: string): ShiplockError =>
  new ShiplockError(
    `${host.name}: rows of the copy that point to rows that are not there: ${copied}, and of the database: ${expected}`,
    { fault: 'remote', hint: 'Take the backup again.' },
  );

/** A number, or why it cannot be told: a schema may name what cannot be pointed to. */
async function askForeignKeys({ host }: Database, { argv, stdin }: Call): Promise<string> {
  const { code, stdout, stderr } = await host.exec(argv, { stdin, timeoutMs: 3_600_000 });
  return code === 0 ? String(parseSqlite(stdout).facts['broken']) : firstWords(stderr);
}

/** Puts the copy back as a file of its own and counts in that one. */
export async function provenCopy(database: Database, taken: Taken): Promise<Proof> {
  const { host } = database;
  const { folder } = taken;
  const scratch = `${folder}/scratch.sqlite`;
  const begun = performance.now();
  try {
    const copied = await runStage(host, {
      name: 'restore',
      folder,
      argv: script('cp "$1" "$2" && sync "$2"', [`${folder}/${sqliteFile}`, scratch]),
    });
    const restoreMs = performance.now() - begun;
    const call = copyCall(database, toolOf(taken), folder, 'scratch.sqlite', sqliteCounts);
    const counted = await runStage(host, { name: 'count', folder, ...call });
    const { rowCounts, objectCounts } = parseSqlite(counted.stdout);
    return { stages: [copied.stage, counted.stage], restoreMs, rowCounts, objectCounts };
  } finally {
    await host.exec(['rm', '-f', scratch]);
  }
}

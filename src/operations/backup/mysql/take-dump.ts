import { dumpWords, isMovedDefinition, safeWords } from '../../../commands/backup/mysql-dump';
import { createQuery } from '../../../commands/backup/mysql-queries';
import { firstBytes, packWords, parsePacked, type Packed } from '../../../commands/backup/pack';
import { stageArgv } from '../../../commands/backup/stage';
import type { DumpRecord } from '../../../domain/records/backup';
import { messageOf, ShiplockError } from '../../../errors';
import type { Database } from '../database';
import type { Dump, Inspection } from '../database-engine';
import { askMysql, loggedIn, longestMs, serverOf, type MysqlServer } from './ask';
import { readCatalogue, type Catalogue } from './catalogue';
import { startCounting, windowsOf, type Counting } from './count-rows';
import { watchLocks, type LockPatience } from './watch-locks';

/** The one file of a backup. */
export const dumpFile = 'dump.sql.gz';

/** A table changed its shape under the dump; once more is worth a try. */
class MovedDefinition extends ShiplockError {}

/** Takes the dump; a second time when a table was altered under the first. */
export async function takeDump(
  at: Database,
  seen: Inspection,
  folder: string,
  patience: LockPatience,
): Promise<Dump> {
  const server = serverOf(at, seen);
  try {
    return await dumpOnce(server, seen, folder, patience);
  } catch (thrown) {
    // A count may meet the altered table before the dump does.
    if (!(thrown instanceof MovedDefinition || isMovedDefinition(messageOf(thrown)))) throw thrown;
    const dump = await dumpOnce(server, seen, folder, patience);
    const facts = { ...dump.record.facts, repeated: 'tables were altered during the first dump' };
    return { ...dump, record: { ...dump.record, facts } };
  }
}

async function dumpOnce(
  server: MysqlServer,
  seen: Inspection,
  folder: string,
  patience: LockPatience,
): Promise<Dump> {
  const database = seen.facts['database'] ?? '';
  const before = await readCatalogue(server, database);
  const created = await askMysql(server, createQuery(database));
  const tables = before.tables.map(({ name }) => name);
  const first = await startCounting(server, database, tables);
  let second: Promise<Counting> | undefined;
  const packed = await runDump(server, seen, folder, patience, () => {
    second ??= startCounting(server, database, tables);
    second.catch(() => undefined);
  });
  const after = await readCatalogue(server, database);
  refuseMoved(server, before, after);
  const loose = before.tables.filter(({ transactional }) => !transactional).map(({ name }) => name);
  // What no snapshot holds may have changed until the dump's end.
  const third = loose.length === 0 ? [] : [await startCounting(server, database, loose)];
  const all = [first, await (second ?? startCounting(server, database, tables)), ...third];
  const snapshots = await Promise.all(all.map(({ counts }) => counts));
  return {
    files: [
      { name: dumpFile, packing: 'gzip', plain: { bytes: packed.bytes, sha256: packed.sha256 } },
    ],
    stages: packed.exits.map(({ name, exit }) => ({ name, exit, signal: null })),
    record: {
      ...recordOf(server, seen, created[0]?.[1] ?? ''),
      consistency: loose.length > 0 && !server.at.settings.lockTables ? 'best-effort' : 'per-db',
      objectCounts: before.objectCounts,
      rowCounts: windowsOf(tables, snapshots),
    },
  };
}

/** What the inspection knew already. @param createDatabase the statement that makes the database again */
function recordOf(
  { tools }: MysqlServer,
  { toolVersion, serverVersion, facts }: Inspection,
  createDatabase: string,
): Omit<DumpRecord, 'consistency' | 'objectCounts' | 'rowCounts'> {
  const { database = '', lowerCaseTableNames = '', innodbPageSize = '' } = facts;
  return {
    toolVersion,
    serverVersion,
    position: null,
    filters: [],
    facts: {
      database,
      lowerCaseTableNames,
      innodbPageSize,
      createDatabase,
      flavour: tools.flavour,
    },
  };
}

/** Runs the dump tool under a watch over its locks; `begun` is called once its snapshot stands. */
async function runDump(
  server: MysqlServer,
  seen: Inspection,
  folder: string,
  patience: LockPatience,
  begun: () => void,
): Promise<Packed> {
  const { at, tools } = server;
  const { lockTables } = at.settings;
  const database = seen.facts['database'] ?? '';
  const choice = {
    database,
    lockTables,
    knows: tools.knows,
    maskingPolicies: seen.facts['maskingPolicies'] === 'true',
    lockWaitSeconds: patience.seconds,
  };
  const { argv, header } = loggedIn(server, dumpWords(tools, choice));
  const watch = watchLocks(server, database, patience, lockTables);
  let said = '';
  try {
    const result = await at.host.exec(stageArgv(folder, packWords(folder, dumpFile, argv), {}), {
      stdin: header,
      timeoutMs: longestMs,
      onStdout: (chunk) => {
        said += chunk.toString();
        if (said.startsWith(firstBytes)) begun();
      },
    });
    const packed = parsePacked(said, tools.dump);
    const ended = await watch.stop();
    judgeEnd(server, packed, result, ended);
    return packed;
  } finally {
    await watch.stop();
  }
}

/** Exit 0 of every part is necessary; an `Error:` of the tool that ends with 0 all the same is one. */
function judgeEnd(
  { at, tools }: MysqlServer,
  { exits, sha256 }: Packed,
  { code, stderr }: { readonly code: number; readonly stderr: string },
  ended: string | null,
): void {
  const failed = exits.find(({ exit }) => exit !== 0);
  const whole = code === 0 && exits.length === 5 && sha256 !== '';
  const complains = /^\S+: Error:/m.test(stderr);
  if (failed === undefined && whole && !complains) return;
  const words = safeWords(stderr);
  const how = `${at.host.name}: ${failed?.name ?? tools.dump} ended with code ${failed?.exit ?? code}`;
  if (ended !== null) {
    throw new ShiplockError(`${at.host.name}: the dump was ended: ${ended}`, {
      hint: 'Look for long transactions and ALTER TABLE (`show full processlist`), and back up when they are over.',
      fault: 'remote',
    });
  }
  const message = words === '' ? how : `${how}: ${words}`;
  if (isMovedDefinition(stderr)) throw new MovedDefinition(message, movedHint);
  throw new ShiplockError(message, { fault: 'remote' });
}

const movedHint = {
  hint: 'A table was altered during the dump, twice: keep migrations out of the time of the backup.',
  fault: 'remote',
} as const;

function refuseMoved(server: MysqlServer, before: Catalogue, after: Catalogue): void {
  const told = ({ tables, objectCounts }: Catalogue): string =>
    JSON.stringify([tables.map(({ name }) => name), objectCounts]);
  if (told(before) === told(after)) return;
  throw new MovedDefinition(
    `${server.at.host.name}: tables or other objects came or went during the dump`,
    movedHint,
  );
}

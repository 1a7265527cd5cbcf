import { parseSqlite, sqliteDump, sqliteLook } from '../../../commands/backup/sqlite';
import { firstWords } from '../../../commands/backup/stage';
import { coveringMount } from '../../../domain/backup/covering-mount';
import { judgeSqliteFile, judgeSqliteMount, unopened } from '../../../domain/backup/judge-sqlite';
import type { Problem } from '../../../domain/problem';
import type { Database } from '../database';
import type { DatabaseEngine, Dump, Inspection } from '../database-engine';
import { runStage } from '../run-stage';
import { brokenKeys, provenCopy, readCopy, sqliteFile } from './prove-sqlite';
import { restoreSqlite } from './restore-sqlite';
import { liveCall, lookAtFile, pathOf, type SqliteTool } from './sqlite-reach';

/** SQLite: one file, copied by its own backup while others write. */
export const sqlite: DatabaseEngine = {
  name: 'sqlite',
  inspect,
  dump,
  readBack: readCopy,
  provesBeside: true,
  prove: provenCopy,
  restore: restoreSqlite,
};

const nothing: Inspection = {
  problems: [],
  warnings: [],
  serverVersion: '',
  toolVersion: '',
  sizeBytes: 0,
  standing: 'absent',
  facts: {},
};

async function inspect(database: Database): Promise<Inspection> {
  const path = pathOf(database);
  const misplaced = path.startsWith('/') ? mountProblem(database, path) : relative(path);
  if (misplaced !== null) return { ...nothing, problems: [misplaced] };
  const { file, tool } = await lookAtFile(database);
  const seen = { ...file, path: file.path ?? path, exists: file.path !== null };
  const { problems, warnings } = judgeSqliteFile(seen);
  if (problems.length > 0 || file.path === null) return { ...nothing, problems, warnings };
  const behind = mountProblem(database, file.path);
  if (behind !== null) return { ...nothing, problems: [behind], warnings };
  const opened = await open(database, tool, file.path);
  const facts = { tool, real: file.path, ...opened.facts };
  return { ...nothing, standing: 'filled', ...opened, warnings, sizeBytes: file.bytes, facts };
}

const relative = (path: string): Problem => ({
  path: 'path',
  says: `${path} does not begin at the root`,
  fix: 'write the whole path, as the app sees it: /data/app.db',
});

function mountProblem({ place }: Database, path: string): Problem | null {
  if (place.at !== 'container') return null;
  return judgeSqliteMount(path, coveringMount(place.mounts, path)?.mount ?? null);
}

async function open(
  database: Database,
  tool: SqliteTool,
  real: string,
): Promise<Pick<Inspection, 'facts'> & Partial<Inspection>> {
  const { argv, stdin } = liveCall(database, tool, real, null, sqliteLook);
  const { code, stdout, stderr } = await database.host.exec(argv, { stdin, timeoutMs: 600_000 });
  if (code !== 0) return { problems: [unopened(real, '', firstWords(stderr))], facts: {} };
  const { facts, words } = parseSqlite(stdout);
  const version = String(facts['version']);
  return {
    serverVersion: version,
    toolVersion: version,
    standing: facts['tables'] === 0 ? 'empty' : 'filled',
    facts: { journal: words[0] ?? '' },
  };
}

async function dump(database: Database, seen: Inspection, folder: string): Promise<Dump> {
  const { real = '', journal = '' } = seen.facts;
  const tool = seen.facts['tool'] as SqliteTool;
  const work = { folder, makes: sqliteFile };
  const steps = sqliteDump(sqliteFile);
  const call = liveCall(database, tool, real, work, steps);
  const { stage, stdout } = await runStage(database.host, {
    name: 'sqlite backup',
    folder,
    ...call,
    hint: (said) =>
      /locked|busy/.test(said)
        ? 'Another process held the database for 30 s. Take the backup when that is over.'
        : undefined,
  });
  const { rowCounts, objectCounts } = parseSqlite(stdout);
  const broken = await brokenKeys(database, tool, real, folder);
  return {
    files: [{ name: sqliteFile }],
    stages: [stage],
    record: {
      toolVersion: seen.toolVersion,
      serverVersion: seen.serverVersion,
      consistency: 'exact',
      position: null,
      filters: [],
      objectCounts,
      rowCounts,
      facts: { tool, real, journal, broken },
    },
  };
}

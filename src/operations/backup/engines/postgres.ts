import {
  pgDump,
  pgDumpGlobals,
  pgRestoreScratch,
  psql,
  quoteName,
  scratchBoot,
  scratchReady,
  scratchTarget,
} from '../../../commands/backup/postgres';
import { positionQuery, readPairs } from '../../../commands/backup/postgres-queries';
import { postgresByHand } from '../../../commands/backup/postgres-by-hand';
import { parseJson } from '../../../domain/json';
import { messageOf } from '../../../errors';
import { hasOwnScratch, type Database } from '../database';
import type { DatabaseEngine, Dump, Inspection, Proof, Scratch, Taken } from '../database-engine';
import { runStage } from '../run-stage';
import { inspectPostgres, noLock } from './inspect-postgres';
import { countAll } from './postgres-counts';
import { openPostgres } from './postgres-session';
import { loginOf, type PostgresLogin } from './postgres-login';
import { readPostgres } from './read-postgres';
import { restorePostgres } from './restore-postgres';

const archive = 'database.dump';
const globals = 'globals.sql';
const noSnapshot = /snapshot \S+ does not exist/;

/** PostgreSQL: one exported snapshot for the dump and for the counts, so that both are of the same instant. */
export const postgresEngine: DatabaseEngine = {
  name: 'postgres',
  inspect: inspectPostgres,
  dump: dumpPostgres,
  readBack: (database, backup) => readPostgres(database, backup, archive),
  prove: provePostgres,
  restore: restorePostgres,
  byHand: scriptByHand,
};

/** In a container with its own password only: others are in no file. */
function scriptByHand(database: Database, { manifest }: Taken): string | null {
  const { place, settings, secrets, docker } = database;
  if (place.at !== 'container' || settings.service === null || secrets.password !== null)
    return null;
  return postgresByHand({
    ...{ docker, service: settings.service, project: place.project, archive, id: manifest.id },
    target: loginOf(database).target,
    making: manifest.facts['making'] ?? '',
    sequence: Number.parseInt(manifest.id, 10),
    files: manifest.files.map(({ name, sha256Stored }) => ({ name, sha256: sha256Stored })),
  });
}

async function dumpPostgres(database: Database, seen: Inspection, folder: string): Promise<Dump> {
  const { host } = database;
  const login = loginOf(database);
  const session = await openPostgres(host, login.argv(psql(login.target)), login.first);
  try {
    await session.ask('begin isolation level repeatable read read only;');
    const [snapshot = ''] = await session.ask('select pg_export_snapshot();');
    const position = readPairs(await session.ask(`${positionQuery};`))[0]?.[1] ?? null;
    // The counts take their time: it goes on beside the dump.
    const [counted, dumped] = await Promise.allSettled([
      countAll(session),
      dumpFiles(database, login, snapshot, folder),
    ]);
    // What a dead server does to both is told by the tool that writes the backup; but the snapshot is gone when its session is.
    if (dumped.status === 'rejected') {
      const lost = noSnapshot.test(messageOf(dumped.reason));
      throw lost && counted.status === 'rejected' ? counted.reason : dumped.reason;
    }
    if (counted.status === 'rejected') throw counted.reason;
    return {
      files: [{ name: archive }, { name: globals }],
      stages: dumped.value,
      record: {
        ...{ toolVersion: seen.toolVersion, serverVersion: seen.serverVersion },
        ...{ consistency: 'exact', position, filters: [] },
        ...{ objectCounts: counted.value.objects, rowCounts: counted.value.rows },
        facts: { ...seen.facts },
      },
    };
  } finally {
    session.close();
  }
}

async function dumpFiles(
  { host }: Database,
  login: PostgresLogin,
  snapshot: string,
  folder: string,
): Promise<Dump['stages']> {
  const hint = (said: string): string | undefined => (noLock.test(said) ? lockHint : undefined);
  const common = { folder, stdin: login.first, hint };
  const data = await runStage(host, {
    ...{
      ...common,
      name: 'pg_dump',
      to: archive,
      argv: login.argv(pgDump(login.target, snapshot)),
    },
  });
  const roles = await runStage(host, {
    ...{
      ...common,
      name: 'pg_dumpall',
      to: globals,
      argv: login.argv(pgDumpGlobals(login.target)),
    },
  });
  return [data.stage, roles.stage];
}

const lockHint =
  'Something holds a lock on a table, such as a migration or a long ALTER TABLE. The dump waits no longer than 30 s, so that nothing queues behind it: run again when that has ended.';

async function provePostgres(
  database: Database,
  backup: Taken,
  scratch: Parameters<DatabaseEngine['prove']>[2],
): Promise<Proof> {
  const { facts } = backup.manifest;
  const boot = scratchBoot(facts['preload'] ?? '', hasOwnScratch(database));
  const recipe = { boot, ready: scratchReady };
  return scratch(recipe, (server) => restoreInto(database, backup, server));
}

async function restoreInto(database: Database, backup: Taken, server: Scratch): Promise<Proof> {
  const { host } = database;
  const { folder, manifest } = backup;
  const roles = (parseJson(manifest.facts['roles'] ?? '[]') ?? []) as readonly string[];
  const admin = await runStage(host, {
    ...{ name: 'psql, roles', folder, argv: server.argv(psql(scratchTarget('template1'))) },
    stdin: roles.map((name) => `create role ${quoteName(name)};\n`).join(''),
  });
  const startedAt = database.monotonic();
  const restored = await runStage(host, {
    ...{ name: 'pg_restore, scratch', folder, argv: server.argv(pgRestoreScratch), from: archive },
    hint: (said) => restoreHint(said, hasOwnScratch(database)),
  });
  const restoreMs = database.monotonic() - startedAt;
  const target = scratchTarget(manifest.database ?? 'postgres');
  const session = await openPostgres(host, server.argv(psql(target)), '');
  try {
    const { objects, rows } = await countAll(session);
    return {
      ...{ stages: [admin.stage, restored.stage], restoreMs },
      ...{ rowCounts: rows, objectCounts: objects },
    };
  } finally {
    session.close();
  }
}

function restoreHint(said: string, own: boolean): string {
  const lacks = /extension|library|access method|could not (open|access|load)/i.test(said);
  if (lacks && !own)
    return 'The scratch server runs in a published image, which does not have all that the database has: name one with the same extensions in scratch-image (any image with PostgreSQL of that series and a shell), or set verify: read, which proves less.';
  return lacks
    ? 'The scratch server runs in the same image as the database. What is installed in the running container only is missing there, and will be at a recovery too: put it into the image.'
    : 'The backup was read, but cannot be restored as it is: what is said above must be put right in the database, or set verify: read, which proves less.';
}

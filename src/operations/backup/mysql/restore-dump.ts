import { createQuery } from '../../../commands/backup/mysql-queries';
import {
  besides,
  createAs,
  definitionsOnly,
  definitionWords,
  dropDefinitions,
  swapStatements,
  withoutEvents,
} from '../../../commands/backup/mysql-restore';
import { isOlder, serverVersionOf } from '../../../commands/backup/mysql-tools';
import { packWords, parsePacked, unpackWords } from '../../../commands/backup/pack';
import { stageArgv } from '../../../commands/backup/stage';
import { quote } from '../../../commands/shell';
import { messageOf, ShiplockError } from '../../../errors';
import type { Database } from '../database';
import type { Restored, RestoreOrder, Taken } from '../database-engine';
import { askMysql, loggedIn, serverOf, type MysqlServer } from './ask';
import { readCatalogue, type Catalogue } from './catalogue';
import { startCounting, windowsOf } from './count-rows';
import { inspectMysql } from './inspect';
import { runTool } from './run-tool';
import { dumpFile } from './take-dump';

/** One restore: the server, the backup, and the three databases that have to do with it. */
interface Work {
  readonly server: MysqlServer;
  readonly backup: Taken;
  readonly live: string;
  readonly copy: string;
  readonly kept: string;
  readonly knowsSandbox: boolean;
  readonly lockWaitSeconds: number;
}

/**
 * MySQL cannot rename a database: the backup goes into one of its own beside it and is counted there, then the tables change places
 * in one statement, and views, triggers, routines and events follow.
 */
export async function restoreDump(
  at: Database,
  backup: Taken,
  order: RestoreOrder,
  lockWaitSeconds: number,
): Promise<Restored> {
  const work = { ...(await prepare(at, backup, order.tag)), lockWaitSeconds };
  const { server, copy, live, kept } = work;
  const started = performance.now();
  try {
    await askMysql(server, createAs(backup.manifest.facts['createDatabase'] ?? '', copy)).catch(
      notAllowed(copy),
    );
    order.tell(`restoring into ${copy}`);
    await load(work, copy, withoutEvents(work.knowsSandbox));
    const restored = await count(work);
    order.check(restored.counts);
    const before = await readCatalogue(server, live);
    order.tell(`the tables of ${copy} and ${live} change places`);
    await swap(work, before, restored.catalogue);
    const hadTables = before.objects.movable.length > 0;
    return {
      stages: ['restore', 'count', 'swap'].map((name) => ({ name, exit: 0, signal: null })),
      restoreMs: performance.now() - started,
      ...restored.counts,
      kept: hadTables ? `its tables of before are in the database ${kept}` : null,
      remove: hadTables ? removal(work) : null,
    };
  } finally {
    await askMysql(server, `drop database if exists \`${copy.replaceAll('`', '``')}\`;\n`).catch(
      () => undefined,
    );
  }
}

async function prepare(
  at: Database,
  backup: Taken,
  tag: string,
): Promise<Omit<Work, 'lockWaitSeconds'>> {
  const seen = await inspectMysql(at);
  const live = seen.facts['database'] ?? '';
  if (live === '') {
    const [problem] = seen.problems;
    throw new ShiplockError(problem?.says ?? 'the database cannot be asked', {
      hint: problem?.fix,
      fault: 'user',
    });
  }
  const server = serverOf(at, seen);
  const [from, to] = [backup.manifest.serverVersion, seen.serverVersion].map(serverVersionOf);
  if (isOlder(to ?? '', from ?? '')) {
    throw new ShiplockError(
      `the backup is of ${backup.manifest.serverVersion}, the server is older: ${seen.serverVersion}`,
      {
        hint: 'Restore into a server of the same series or a newer one.',
        fault: 'user',
        verdict: 'refused',
      },
    );
  }
  const tool = / (\S+)$/.exec(backup.manifest.toolVersion)?.[1] ?? '';
  return {
    ...{ server, backup, live },
    copy: besides(live, 'restore', tag),
    kept: besides(live, 'before', tag),
    knowsSandbox: server.tools.flavour === 'mariadb' && !isBefore(server.tools.version, tool),
  };
}

/** Patch levels count here: the line came with one. */
function isBefore(version: string, other: string): boolean {
  return version.localeCompare(other, 'en', { numeric: true }) < 0;
}

const notAllowed =
  (name: string) =>
  (cause: unknown): never => {
    throw new ShiplockError(`the database ${name} cannot be made: ${messageOf(cause)}`, {
      hint: 'A restore makes databases beside the live one: give user and password of an administrator of the server.',
      cause,
      fault: 'user',
    });
  };

/** Loads the dump, or a part of it, into a database. */
async function load(
  { server, backup }: Work,
  into: string,
  filter: string,
  file = dumpFile,
): Promise<void> {
  const client = ['--default-character-set=utf8mb4', '--max-allowed-packet=1G', '--', into];
  const { argv, header } = loggedIn(server, [server.tools.client, ...client]);
  await runTool(server.at.host, {
    name: `load the backup into ${into}`,
    argv: stageArgv(backup.folder, unpackWords(backup.folder, file, argv, filter), {}),
    stdin: header,
  });
}

/** What stands in the copy. Its events are still to come: they are those of the dump, which was read before. */
async function count({ server, backup, copy }: Work) {
  const catalogue = await readCatalogue(server, copy);
  const tables = catalogue.tables.map(({ name }) => name);
  const { counts } = await startCounting(server, copy, tables);
  const events = backup.manifest.objectCounts['events'] ?? 0;
  return {
    catalogue,
    counts: {
      rowCounts: windowsOf(tables, [await counts]),
      objectCounts: { ...catalogue.objectCounts, events },
    },
  };
}

/** From here on the live database changes. What fails before its tables have moved is undone. */
async function swap(work: Work, before: Catalogue, restored: Catalogue): Promise<void> {
  const { server, backup, live, copy, kept } = work;
  const created = backup.manifest.facts['createDatabase'] ?? '';
  const definitions = `.before-${kept}.sql.gz`;
  if (before.exists) await saveDefinitions(work, definitions);
  else await askMysql(server, createAs(created, live));
  try {
    if (before.objects.movable.length > 0) {
      const [row] = await askMysql(server, createQuery(live));
      await askMysql(server, createAs(row?.[1] ?? created, kept));
    }
    const names = { live, copy, kept };
    await askMysql(
      server,
      swapStatements(names, before.objects, restored.objects, work.lockWaitSeconds),
    ).catch(async (thrown: unknown) => {
      if (before.exists) await load(work, live, definitionsOnly(false), definitions);
      throw thrown;
    });
    await askMysql(server, dropDefinitions(live, before.objects));
    await load(work, live, definitionsOnly(work.knowsSandbox));
  } finally {
    await server.at.host.exec(['rm', '-f', `${backup.folder}/${definitions}`]);
  }
}

/** How everything in the live database is defined: its triggers come back from it when the tables could not be moved. */
async function saveDefinitions({ server, backup, live }: Work, file: string): Promise<void> {
  const { dump, knows } = server.tools;
  const { argv, header } = loggedIn(server, definitionWords(dump, knows, live));
  const said = await runTool(server.at.host, {
    name: `save the definitions of ${live}`,
    argv: stageArgv(backup.folder, packWords(backup.folder, file, argv), {}),
    stdin: header,
  });
  const failed = parsePacked(said, dump).exits.find(({ exit }) => exit !== 0);
  if (failed === undefined) return;
  throw new ShiplockError(`${failed.name} ended with code ${failed.exit}`, { fault: 'remote' });
}

/** What is typed on the server to be rid of the tables of before. */
function removal({ server, kept }: Work): string {
  const { at, tools, login } = server;
  const words = [tools.client, '-u', login.user ?? 'root', '-p', '-e', `drop database \`${kept}\``];
  return quote(
    at.place.at === 'container' ? [...at.docker, 'exec', '-it', at.place.id, ...words] : words,
  );
}

import {
  besides,
  createAs,
  databasesQuery,
  dropDatabase,
  leftBy,
  sessionsQuery,
  withoutEvents,
} from '../../../commands/backup/mysql-restore';
import { quote } from '../../../commands/shell';
import { messageOf, ShiplockError } from '../../../errors';
import type { Database } from '../database';
import type { Restored, RestoreOrder, Taken } from '../database-engine';
import { askMysql, serverOf } from './ask';
import { readCatalogue } from './catalogue';
import { startCounting, windowsOf } from './count-rows';
import { inspectMysql } from './inspect';
import { load, swap, type Work } from './swap-databases';

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
  await clearLeft(work, order);
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
    await askMysql(server, dropDatabase(copy)).catch(() => undefined);
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
  const tool = / (\S+)$/.exec(backup.manifest.toolVersion)?.[1] ?? '';
  return {
    ...{ server, backup, live },
    copy: besides(live, 'restore', tag),
    kept: besides(live, 'before', tag),
    knowsSandbox: server.tools.flavour === 'mariadb' && !isBefore(server.tools.version, tool),
  };
}

/** What restores that died have left; the tool of one may still be at work. */
async function clearLeft({ server, live }: Work, { tell }: RestoreOrder): Promise<void> {
  const names = (await askMysql(server, databasesQuery)).map(([name]) => name ?? '');
  for (const name of leftBy(live, names)) {
    for (const [id] of await askMysql(server, sessionsQuery(name))) {
      await askMysql(server, `kill ${Number(id)};\n`).catch(() => undefined);
    }
    await askMysql(server, dropDatabase(name));
    tell(`removed ${name}, which a restore has left that did not end`);
  }
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

/** What is typed on the server to be rid of the tables of before. */
function removal({ server, kept }: Work): string {
  const { at, tools, login } = server;
  const words = [tools.client, '-u', login.user ?? 'root', '-p', '-e', `drop database \`${kept}\``];
  return quote(
    at.place.at === 'container' ? [...at.docker, 'exec', '-it', at.place.id, ...words] : words,
  );
}

import { activityQuery, parseThreads, type Thread } from '../../../commands/backup/mysql-queries';
import { askMysql, type MysqlServer } from './ask';

/** How long anybody may wait for a table while a dump runs, and how often that is looked at. */
export interface LockPatience {
  readonly seconds: number;
  readonly everyMs: number;
}

/** Watches over a dump's locks until it is told to stop; then it says why it ended the dump, or null. */
export interface LockWatch {
  stop(): Promise<string | null>;
}

/**
 * Ends a dump that waits for a table, or that others wait for: what waits for a table lets nobody pass. MariaDB's dump tool takes no
 * limit of its own, and the server's default is a day. @param locked writers wait by choice: then only the dump's own wait counts
 */
export function watchLocks(
  server: MysqlServer,
  database: string,
  patience: LockPatience,
  locked: boolean,
): LockWatch {
  const stopped = new AbortController();
  const watching = (async (): Promise<string | null> => {
    for (;;) {
      await pause(patience.everyMs, stopped.signal);
      if (stopped.signal.aborted) return null;
      // A server that does not answer now is the dump's business, not the watch's.
      const threads = await look(server, database).catch(() => []);
      const verdict = judgeThreads(threads, patience.seconds, locked);
      if (verdict === null) continue;
      await askMysql(server, `kill ${verdict.dump};\n`).catch(() => undefined);
      return verdict.says;
    }
  })();
  return {
    stop: () => {
      stopped.abort();
      return watching;
    },
  };
}

const look = async (server: MysqlServer, database: string): Promise<readonly Thread[]> =>
  parseThreads(await askMysql(server, activityQuery(database)));

/** Whether the dump has to end, and which thread it is. */
export function judgeThreads(
  threads: readonly Thread[],
  seconds: number,
  locked: boolean,
): { readonly dump: number; readonly says: string } | null {
  const dump = threads.find(({ own, text }) => own && isDump(text));
  if (dump === undefined) return null;
  if (waits(dump, seconds)) {
    return {
      dump: dump.id,
      says: `the dump waited ${seconds} s for a lock that somebody else holds`,
    };
  }
  if (locked || !threads.some((thread) => thread !== dump && waits(thread, seconds))) return null;
  return { dump: dump.id, says: `others waited ${seconds} s for a lock that the dump holds` };
}

/** What only dump tools say. */
const isDump = (text: string): boolean =>
  /^(SELECT \/\*!40001 SQL_NO_CACHE \*\/|LOCK TABLES |show create table |show fields from )/i.test(
    text,
  );

const waits = (thread: Thread, seconds: number): boolean =>
  thread.seconds >= seconds && /^waiting for .*lock/i.test(thread.state);

function pause(ms: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const timer = setTimeout(resolve, ms);
    signal.addEventListener(
      'abort',
      () => {
        clearTimeout(timer);
        resolve();
      },
      { once: true },
    );
  });
}

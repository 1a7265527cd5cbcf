import { countQuery, parseCounts, snapshotReady } from '../../../commands/backup/mysql-queries';
import type { RowCount, RowCounts } from '../../../domain/records/backup';
import { askMysql, type MysqlServer } from './ask';

export type Counts = ReadonlyMap<string, number>;

/** A counting session: its snapshot stands, its counts come. */
export interface Counting {
  readonly counts: Promise<Counts>;
}

/** Takes a snapshot of its own and counts in it; resolves as soon as the snapshot stands. */
export async function startCounting(
  server: MysqlServer,
  database: string,
  tables: readonly string[],
): Promise<Counting> {
  let stands: () => void = () => undefined;
  const ready = new Promise<void>((resolve) => {
    stands = resolve;
  });
  const rows = askMysql(server, countQuery(database, tables), (text) => {
    if (text.includes(snapshotReady)) stands();
  });
  const counts = rows.then((all) => parseCounts(all, tables));
  // Whoever waits for the counts hears of a failure; before that it is no unhandled one.
  counts.catch(() => undefined);
  await Promise.race([ready, counts]);
  return { counts };
}

/** One number where all snapshots agree, else the window between them. */
export function windowsOf(tables: readonly string[], snapshots: readonly Counts[]): RowCounts {
  return Object.fromEntries(
    tables.map((table) => [
      table,
      windowOf(snapshots.flatMap((counts) => counts.get(table) ?? [])),
    ]),
  );
}

function windowOf(counts: readonly number[]): RowCount {
  const [min, max] = [Math.min(...counts), Math.max(...counts)];
  return min === max ? min : { min, max };
}

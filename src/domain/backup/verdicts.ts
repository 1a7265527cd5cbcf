import { formatBytes } from './format-bytes';
import type { Problem } from '../problem';
import type { BackupManifest, Consistency, RowCount, RowCounts } from '../records/backup';
import { bytesOf } from '../records/backup';
import type { DatabaseSettings, VerifyLevel } from './database';

/** How a backup is to be proven, or why that must be said. What a command printed only the team can restore. */
export function chooseLevel(
  { engine, verify, verifyLimitBytes }: DatabaseSettings,
  sizeBytes: number,
): VerifyLevel | Problem {
  if (engine === 'command') return 'read';
  if (verify !== null) return verify;
  if (sizeBytes <= verifyLimitBytes) return 'restore';
  const sizes = `${formatBytes(sizeBytes)}, more than verify-limit (${formatBytes(verifyLimitBytes)})`;
  return {
    path: 'verify',
    says: `is not set, and the data takes ${sizes}`,
    fix: 'set verify: restore (takes as long as recovery would) or verify: read (proves less), or raise verify-limit',
  };
}

/**
 * What an empty or absent database means: only to a first release is it no failure, whose data is yet to come. Everywhere else a slip in
 * a name or a path looks like this. @returns null when there is nothing to object to
 */
export function judgeEmptiness(
  standing: 'filled' | 'empty' | 'absent',
  { allowEmpty, database }: DatabaseSettings,
  known: {
    readonly released: boolean;
    readonly firstRelease: boolean;
    readonly earlier: readonly BackupManifest[];
  },
): Problem | null {
  if (standing === 'filled' || allowEmpty) return null;
  const filledBefore = lastFilled(known.earlier);
  if (known.firstRelease && filledBefore === undefined) return null;
  const released = known.released ? ', but a release is on record' : '';
  const why =
    filledBefore === undefined
      ? released
      : `, but backup ${filledBefore.id} of it had ${formatBytes(bytesOf(filledBefore))}`;
  const what = standing === 'absent' ? 'does not exist' : 'has nothing in it';
  return {
    path: database === null ? '' : 'database',
    says: `${what}${why}`,
    fix: 'is it the right database, with its volume? If it is meant to be empty, set allow-empty: true',
  };
}

/** A backup that lost more than half of its bytes against the last one of the same source is not believed. */
export function judgeShrinkage(
  bytes: number,
  previous: BackupManifest | undefined,
  { allowShrink }: DatabaseSettings,
): string | null {
  if (previous === undefined || previous.empty || allowShrink) return null;
  const before = bytesOf(previous);
  if (bytes * 2 >= before) return null;
  const drop = Math.floor(100 * (1 - bytes / before));
  return `it has ${formatBytes(bytes)}, ${drop} % less than ${previous.id} (${formatBytes(before)})`;
}

/** Room that must be free: the file and a third; where it is restored twice the data, and beside the file once. */
const reserveBytes = 100_000_000;

/** What is missing of free room, on one disk or on two. */
export function judgeRoom(
  rooms: {
    readonly backups: number | null;
    readonly docker: number | null;
    readonly same: boolean;
  },
  /** `restore`: data of a scratch server, on Docker's disk; `beside`: data that is unpacked in the backup's own folder. */
  needs: { readonly dump: number; readonly restore: number; readonly beside: number },
): readonly Problem[] {
  const dump = Math.ceil(needs.dump * 1.3) + reserveBytes;
  const restore = needs.restore * 2;
  const short = (free: number | null, needed: number, path: string, what: string): Problem[] =>
    free === null || free >= needed
      ? []
      : [
          {
            path,
            says: `${formatBytes(free)} are free, ${formatBytes(needed)} are needed for ${what}`,
            fix: 'make room there, or keep fewer backups',
          },
        ];
  const here = rooms.same ? Math.max(restore, needs.beside) : needs.beside;
  const dumpRoom = (what: string) => short(rooms.backups, dump + here, 'disk', what);
  if (rooms.same) return dumpRoom(here > 0 ? 'the dump and its restore' : 'the dump');
  return [
    ...dumpRoom(here > 0 ? 'the dump and its restore' : 'the dump'),
    ...(restore === 0 ? [] : short(rooms.docker, restore, "Docker's disk", 'the restore')),
  ];
}

const windowOf = (count: RowCount) =>
  typeof count === 'number' ? { min: count, max: count } : count;

/** Where restored counts are not what was dumped: exactly, or inside of the window that the dump leaves. */
export function compareCounts(
  dumped: RowCounts,
  restored: RowCounts,
  consistency: Consistency,
): readonly string[] {
  const names = [...new Set([...Object.keys(dumped), ...Object.keys(restored)])].sort();
  return names.flatMap((name) => {
    const [want, got] = [dumped[name], restored[name]];
    if (want === undefined)
      return consistency === 'best-effort' ? [] : [`${name} is there, but was not dumped`];
    if (got === undefined) return [`${name} is missing`];
    const [expected, found] = [windowOf(want), windowOf(got)];
    const fits = found.min >= expected.min && found.max <= expected.max;
    return fits ? [] : [`${name} has ${describeCount(got)}, expected ${describeCount(want)}`];
  });
}

function describeCount(count: RowCount): string {
  const { min, max } = windowOf(count);
  return min === max ? String(min) : `${min} to ${max}`;
}

/** All rows of a backup; of windows their lower end. */
export function totalRows(rows: RowCounts): number {
  return Object.values(rows).reduce<number>((sum, count) => sum + windowOf(count).min, 0);
}

/** Backups of one source, the oldest first by number: clocks may go back. */
export function backupsOf(
  manifests: readonly BackupManifest[],
  source: string,
): readonly BackupManifest[] {
  return manifests
    .filter((manifest) => manifest.source === source)
    .toSorted((one, other) => one.sequence - other.sequence);
}

/** The newest that has data, of backups in order; undefined = there is none. */
export const lastFilled = (backups: readonly BackupManifest[]): BackupManifest | undefined =>
  backups.findLast(({ empty }) => !empty);

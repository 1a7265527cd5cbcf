import { z } from 'zod';
import { parseJson } from '../../domain/json';

/** Commands of restic (https://restic.readthedocs.io). Repository and password are in its environment, never here. */
const restic = (...words: string[]): readonly string[] => ['restic', '--quiet', ...words];

/** Stores its stdin as one file, in a snapshot of its own; prints a summary. `tags` may not hold commas. */
export function backupCommand(
  path: string,
  host: string,
  tags: readonly string[],
): readonly string[] {
  const labels = tags.flatMap((tag) => ['--tag', tag]);
  return restic('backup', '--json', '--host', host, ...labels, '--stdin', '--stdin-filename', path);
}

/** Prints a file of a snapshot; restic checks every piece of it on the way. */
export function dumpCommand(snapshot: string, path: string): readonly string[] {
  return restic('dump', snapshot, path);
}

/** Ends with 0 when the repository is there and the password opens it. */
export function openCommand(): readonly string[] {
  return restic('cat', 'config');
}

/** Takes away locks of processes that live no more, and no others. */
export function unlockCommand(): readonly string[] {
  return restic('unlock');
}

export function snapshotsCommand(tag: string, path: string): readonly string[] {
  return restic('snapshots', '--json', '--tag', tag, '--path', path);
}

const summary = z.object({ message_type: z.literal('summary'), snapshot_id: z.string() });

/** The snapshot that `backupCommand` made; null when its output names none. Status lines may come before. */
export function parseSummary(output: string): string | null {
  for (const line of output.trim().split('\n').toReversed()) {
    const parsed = summary.safeParse(parseJson(line));
    if (parsed.success) return parsed.data.snapshot_id;
  }
  return null;
}

const snapshots = z.array(z.object({ id: z.string(), time: z.string() }));

/** The newest of the snapshots that `snapshotsCommand` printed; null when there is none. */
export function parseNewestSnapshot(output: string): string | null {
  const found = snapshots.safeParse(parseJson(output)).data ?? [];
  const newest = found.toSorted((one, other) => Date.parse(other.time) - Date.parse(one.time))[0];
  return newest?.id ?? null;
}

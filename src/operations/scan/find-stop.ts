import { firstCommitsCommand } from '../../commands/git-history';
import { join } from 'node:path';
import { must, type HistoryCopy, type HistoryTools } from './copy-history';
import type { ResolvedRange } from './resolve-range';

/**
 * The commit at which TruffleHog is to stop. It goes through `git log` until it meets that commit, and what is older by date than
 * the base, as commits that lay in a branch for long, comes after the base there. null = it has to go to the end.
 */
export async function findStop(
  { folder }: HistoryCopy,
  { range, commits }: ResolvedRange,
  { git, read }: HistoryTools,
): Promise<string | null> {
  const isCut = (await read(join(folder, '.git', 'shallow'))) !== null;
  if (range.base === null || isCut) return null;
  const wanted = new Set(commits);
  for (let count = commits.length + 1; ; count *= 2) {
    const argv = firstCommitsCommand(folder, range.head, count);
    const text = await must(git, argv, 'the commits cannot be listed');
    const first = text.split('\n').filter((line) => line !== '');
    const last = first.findLastIndex((commit) => wanted.has(commit));
    const seen = first.filter((commit) => wanted.has(commit)).length;
    const stop = first[last + 1];
    if (seen === wanted.size && stop !== undefined) return stop;
    if (first.length < count) return null;
  }
}

import { join } from 'node:path';
import {
  fetchCommand,
  fetchedCommand,
  rangeCommand,
  type CommitRange,
  type FetchDepth,
} from '../../commands/git-history';
import type { WantedRange } from '../../domain/scan/secret-range';
import { ShiplockError } from '../../errors';
import { findCommit, must, type HistoryCopy, type HistoryTools } from './copy-history';

/** Commits that are all there, with what leads to the first of them. */
export interface ResolvedRange {
  readonly range: CommitRange;
  /** Full ids, the newest first. Empty = there is nothing new. */
  readonly commits: readonly string[];
  /** For people. */
  readonly why: string;
}

type Commits = Extract<WantedRange, { kind: 'commits' }>;

/**
 * Finds both ends of a range as commits, and fetches what of it a shallow clone has not. Throws a ShiplockError, with the
 * remedy, where the range cannot be had whole: scanners pass over what is not there without a word.
 */
export async function resolveRange(
  wanted: Commits,
  history: HistoryCopy,
  tools: HistoryTools,
): Promise<ResolvedRange> {
  const head = await resolveEnd(wanted.head, history, tools);
  if (head === null) throw unknownEnd(wanted.head, history);
  const { base, why } = await resolveBase(wanted, history, tools);
  const range = { base, head };
  const commits = await completed(range, history, tools);
  return { range, commits, why };
}

async function resolveBase(
  { bases, orElse, why }: Commits,
  history: HistoryCopy,
  tools: HistoryTools,
): Promise<{ base: string | null; why: string }> {
  for (const [index, name] of bases.entries()) {
    const base = await resolveEnd(name, history, tools);
    if (base !== null)
      return {
        base,
        why: index === 0 ? why : `${why}; ${bases[0] ?? ''} is gone, so what ${name} has not`,
      };
  }
  const [first] = bases;
  if (first === undefined) return { base: null, why };
  if (orElse === 'refuse') throw unknownEnd(first, history);
  return { base: null, why: `${why}; ${first} is gone, so all that leads to the head` };
}

/** The commit that a name stands for, there when this resolves; null where nobody knows it. */
async function resolveEnd(
  name: string,
  { checkout, folder, origin }: HistoryCopy,
  tools: HistoryTools,
): Promise<string | null> {
  for (const candidate of candidates(name)) {
    const found = await findCommit(tools.git, checkout, candidate);
    // Not only known by name: the copy was made before it was asked for, and has what the checkout has.
    if (found !== null && (await findCommit(tools.git, folder, found)) !== null) return found;
  }
  if (origin === null || name === 'HEAD') return null;
  const isId = /^[0-9a-f]{40}(?:[0-9a-f]{24})?$/.test(name);
  const isFull = isId || name.startsWith('refs/');
  const want = isFull ? name : `refs/heads/${name.replace(/^origin\//, '')}`;
  const depth = (await cutCommits(folder, tools)).size > 0 ? 'tip' : null;
  const { code } = await fetch(folder, origin, [want], depth, tools);
  if (code !== 0) return null;
  return (
    await must(tools.git, fetchedCommand(folder), `${name} was fetched and is not there`)
  ).trim();
}

/** What is on the server goes before what a checkout happens to call so. */
function candidates(name: string): readonly string[] {
  const branch = /^refs\/heads\/(.+)$/.exec(name)?.[1];
  if (branch !== undefined) return [`refs/remotes/origin/${branch}`];
  return [name, `refs/remotes/origin/${name}`];
}

const steps: readonly FetchDepth[] = [{ deeper: 100 }, { deeper: 1000 }, 'all'];

/** All commits of the range, fetched where they are cut off. */
async function completed(
  range: CommitRange,
  history: HistoryCopy,
  tools: HistoryTools,
): Promise<readonly string[]> {
  const { folder, origin } = history;
  let commits = await listCommits(folder, range, tools);
  for (const step of range.base === null ? steps.slice(-1) : steps) {
    const cut = await cutCommits(folder, tools);
    if (!commits.some((commit) => cut.has(commit))) return commits;
    if (origin === null) throw cutOff('the checkout names no origin to fetch the rest from');
    tools.tell(
      `The clone is shallow: fetching ${step === 'all' ? 'the rest' : 'more'} of its history`,
    );
    const wants = [range.head, ...(range.base === null ? [] : [range.base])];
    const { code, stderr } = await fetch(folder, origin, wants, step, tools);
    if (code !== 0) throw cutOff(stderr.trim().split('\n').at(-1) ?? '');
    commits = await listCommits(folder, range, tools);
  }
  const cut = await cutCommits(folder, tools);
  if (commits.some((commit) => cut.has(commit)))
    throw cutOff('the server itself has no more of it');
  return commits;
}

async function listCommits(
  folder: string,
  range: CommitRange,
  { git }: HistoryTools,
): Promise<readonly string[]> {
  const text = await must(git, rangeCommand(folder, range), 'the commits cannot be listed');
  return text.split('\n').filter((line) => line !== '');
}

/** Commits whose parents were left out. */
async function cutCommits(folder: string, { read }: HistoryTools): Promise<ReadonlySet<string>> {
  const text = (await read(join(folder, '.git', 'shallow'))) ?? '';
  return new Set(text.split('\n').filter((line) => line !== ''));
}

async function fetch(
  folder: string,
  origin: string,
  wants: readonly string[],
  depth: FetchDepth | null,
  { fetcher, timeoutMs }: HistoryTools,
) {
  return fetcher(origin).exec(fetchCommand(folder, origin, wants, depth), { timeoutMs });
}

function cutOff(why: string): ShiplockError {
  return new ShiplockError(`the history is cut off before the range begins (${why})`, {
    hint: 'check out with fetch-depth: 0, or give the job contents: read and this step github-token',
    fault: 'user',
  });
}

function unknownEnd(name: string, { origin }: HistoryCopy): ShiplockError {
  const where = origin === null ? 'in the checkout' : 'in the checkout, nor where it comes from';
  return new ShiplockError(`there is no commit ${name} ${where}`, {
    hint: 'check out with fetch-depth: 0, and look at base and head where you give them',
    fault: 'user',
  });
}

/** Two ends of a part of a history; base null = all that leads to the head. */
export interface CommitRange {
  readonly base: string | null;
  readonly head: string;
}

/**
 * What git is told in every repository of ours: no settings of the machine, of the user or of the scanned code, nobody to ask,
 * and nothing replaced.
 */
export const plainGit: Readonly<Record<string, string>> = {
  GIT_CONFIG_NOSYSTEM: '1',
  GIT_CONFIG_GLOBAL: '/dev/null',
  GIT_TERMINAL_PROMPT: '0',
  GIT_NO_REPLACE_OBJECTS: '1',
  GIT_OPTIONAL_LOCKS: '0',
  LC_ALL: 'C',
};

/** The runner's user need not own the checkout, as in a container job. */
const inCheckout = (folder: string, words: readonly string[]): string[] => [
  'git',
  '-c',
  'safe.directory=*',
  '-C',
  folder,
  ...words,
];

const inCopy = (folder: string, words: readonly string[]): string[] => [
  'git',
  '-C',
  folder,
  ...words,
];

/** Where a checkout keeps what makes it up, one a line: prefix below its top, objects, list of cut commits, kind of hash. */
export function layoutCommand(folder: string): string[] {
  const paths = ['--git-path', 'objects', '--git-path', 'shallow'];
  const words = ['--path-format=absolute', '--show-prefix', ...paths, '--show-object-format'];
  return inCheckout(folder, ['rev-parse', ...words]);
}

/** Where the checkout comes from. */
export function originCommand(folder: string): string[] {
  return inCheckout(folder, ['config', '--get', 'remote.origin.url']);
}

/** Where a checkout left objects out to fetch them later, as with `filter:`; ends with 1 where it did not. */
export function promisorCommand(folder: string): string[] {
  return inCheckout(folder, ['config', '--get-regexp', String.raw`^remote\..*\.promisor$`]);
}

/** The commit that a name stands for; ends with another code than 0 where there is none. */
export function commitCommand(folder: string, name: string): string[] {
  return inCheckout(folder, [
    'rev-parse',
    '--quiet',
    '--verify',
    '--end-of-options',
    `${name}^{commit}`,
  ]);
}

/** A repository of ours without settings of anybody. */
export function initCommand(folder: string, objectFormat: string): string[] {
  return ['git', 'init', '--quiet', '--template=', `--object-format=${objectFormat}`, folder];
}

/** Says that a copy has the commit and its files are not yet looked at. */
export function pointCommand(folder: string, commit: string): string[] {
  return inCopy(folder, ['update-ref', '--no-deref', 'HEAD', commit]);
}

/** How much of a history is fetched. */
export type FetchDepth = 'all' | 'tip' | { readonly deeper: number };

/** Fetches commits by id or full name; depth null = as deep as what is there. The token is in the environment: what a command line holds, everybody on the machine reads. */
export function fetchCommand(
  folder: string,
  url: string,
  wants: readonly string[],
  depth: FetchDepth | null,
): string[] {
  const words = ['--quiet', '--no-tags', '--no-recurse-submodules', '--no-auto-gc'];
  return inCopy(folder, [
    'fetch',
    ...words,
    ...(depth === null ? [] : depthWords(depth)),
    '--',
    url,
    ...wants,
  ]);
}

function depthWords(depth: FetchDepth): string[] {
  if (depth === 'all') return ['--unshallow'];
  return depth === 'tip' ? ['--depth=1'] : [`--deepen=${depth.deeper}`];
}

/** What was fetched last, one commit a line. */
export function fetchedCommand(folder: string): string[] {
  return inCopy(folder, ['rev-parse', '--verify', 'FETCH_HEAD^{commit}']);
}

const ends = ({ base, head }: CommitRange): string[] =>
  base === null ? [head] : [head, `^${base}`];

/** Every commit of a range, one a line. */
export function rangeCommand(folder: string, range: CommitRange): string[] {
  return inCopy(folder, ['rev-list', ...ends(range), '--']);
}

/** The first commits that lead to one, in the order in which `git log` shows them. */
export function firstCommitsCommand(folder: string, head: string, count: number): string[] {
  return inCopy(folder, ['rev-list', `--max-count=${count}`, head, '--']);
}

const patchWords = [
  '--full-history',
  '--format=commit %H',
  '--patch',
  '--unified=0',
  // A file with one zero byte is one that scanners of patches do not look into.
  '--text',
  '--no-renames',
  '--no-color',
  '--no-ext-diff',
  '--no-textconv',
  '--src-prefix=a/',
  '--dst-prefix=b/',
];

/** What merges of a range have that none of their parents has. */
export function mergeAdditionsCommand(folder: string, range: CommitRange): string[] {
  return inCopy(folder, [...quietLog, '--merges', '-c', ...patchWords, ...ends(range), '--']);
}

/** What commits of a range add to files in lines of which one has a comment by which scanners pass over it. */
export function allowedAdditionsCommand(folder: string, range: CommitRange): string[] {
  const pick = `-G(trufflehog:ignore|gitleaks:allow|betterleaks:allow)`;
  return inCopy(folder, [...quietLog, '--no-merges', pick, ...patchWords, ...ends(range), '--']);
}

/** What became a file in a commit of a range, and was a link before. */
export function typeChangesCommand(folder: string, range: CommitRange): string[] {
  const words = ['--no-merges', '--diff-filter=T', ...patchWords];
  return inCopy(folder, [...quietLog, ...words, ...ends(range), '--']);
}

/** How many lines each commit of a range adds to each file; `-` where it is no text. */
export function textAdditionsCommand(folder: string, range: CommitRange): string[] {
  const words = ['--no-merges', '--numstat', '--format=', '--no-renames', '--no-ext-diff'];
  return inCopy(folder, [...quietLog, ...words, ...ends(range), '--']);
}

/** Makes git show a file with a new name as a new file. */
export function noRenamesCommand(folder: string): string[] {
  return inCopy(folder, ['config', 'diff.renames', 'false']);
}

// Paths as they are, whatever is in them.
const quietLog = ['-c', 'core.quotePath=false', '-c', 'log.showRoot=true', 'log'];

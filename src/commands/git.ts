/** What a clone says about its commit; every line is asked in one command so that nothing moves in between. */
export interface CloneFacts {
  readonly sha: string;
  /** Full name of what is checked out; null for a commit that has no name here. */
  readonly ref: string | null;
  readonly commitDate: Date;
  /** Not all commits are here, and so maybe not all tags. */
  readonly shallow: boolean;
}

/** The current commit: id, date, and the names that point to it. */
export function headCommand(folder: string): string[] {
  return inClone(folder, [
    'log',
    '-1',
    '--no-show-signature',
    '--decorate=full',
    '--format=%H%n%cI%n%D',
  ]);
}

/** `true` for a clone without its whole history. */
export function shallowCommand(folder: string): string[] {
  return inClone(folder, ['rev-parse', '--is-shallow-repository']);
}

/** Every tag, one a line. */
export function tagsCommand(folder: string): string[] {
  return inClone(folder, ['for-each-ref', '--format=%(refname:strip=2)', 'refs/tags']);
}

/** Ends with 0 only for a file that git knows. */
export function trackedCommand(folder: string, path: string): string[] {
  return inClone(folder, ['ls-files', '--error-unmatch', '--', path]);
}

/** The runner's user need not own the checkout, as in a container job. */
function inClone(folder: string, words: readonly string[]): string[] {
  return ['git', '-c', `safe.directory=${folder}`, '-C', folder, ...words];
}

/** Reads the output of `headCommand` and `shallowCommand`; null when it is none. */
export function parseClone(head: string, shallow: string): CloneFacts | null {
  const [sha = '', date = '', names = ''] = head.trim().split('\n');
  if (!/^[0-9a-f]{40,64}$/.test(sha)) return null;
  return {
    sha,
    ref: refOf(names.split(', ')),
    commitDate: new Date(date),
    shallow: shallow.trim() === 'true',
  };
}

/** A branch that is checked out comes first, then a tag, then a pull request, then a branch of the origin. */
function refOf(names: readonly string[]): string | null {
  const refs = names.map((name) => name.replace(/^HEAD -> /, '').replace(/^tag: /, ''));
  const named = names.find((name) => name.startsWith('HEAD -> '));
  if (named !== undefined) return named.slice('HEAD -> '.length);
  const tag = refs.find((ref) => ref.startsWith('refs/tags/'));
  if (tag !== undefined) return tag;
  const pull = refs.find((ref) => /^refs\/remotes\/pull\/\d+\/merge$/.test(ref));
  if (pull !== undefined) return pull.replace('refs/remotes/', 'refs/');
  const branch = refs.find(
    (ref) => ref.startsWith('refs/remotes/origin/') && !ref.endsWith('/HEAD'),
  );
  return branch === undefined ? null : branch.replace('refs/remotes/origin/', 'refs/heads/');
}

/** What a run knows of the commit that it is built upon. */
export interface KeepingRun {
  readonly event: string;
  readonly ref: string;
  readonly sha: string;
  /** Run and attempt, as a part of a name. */
  readonly run: string;
  /** Tip of the branch before a push; null = it is no push, or the branch is new. */
  readonly before: string | null;
  /** What a pull request or merge group goes into. */
  readonly base: { readonly branch: string; readonly sha: string } | null;
}

/** Where results of earlier runs are looked for. */
export interface KeptPlace {
  /** Words for people. */
  readonly branch: string;
  readonly sha: string;
  /** Begins of keys: that commit's results, then any of the branch. */
  readonly keys: readonly [string, string];
  /** Begin of the keys that would be this very commit's: it cannot be new against itself. */
  readonly own: string;
}

// The second half of a name is a commit, and of the runs of a commit the last one counts: its database was the newest.
const prefix = (category: string, branch: string, nameOf: (text: string) => string): string =>
  `shiplock-scan-1-${nameOf(`${category}\n${branch}`)}-`;

const branchOf = (ref: string): string | null => /^refs\/heads\/(.+)$/.exec(ref)?.[1] ?? null;

/** Where the result of the commit lies that this run is built upon; null = it is built upon none that could be compared. */
export function placeOfBaseline(
  run: KeepingRun,
  category: string,
  nameOf: (text: string) => string,
): KeptPlace | null {
  const pushed = branchOf(run.ref);
  const pushedOn =
    run.before === null || pushed === null ? null : { branch: pushed, sha: run.before };
  const base = run.base ?? pushedOn;
  if (base === null) return null;
  const begin = prefix(category, base.branch, nameOf);
  return { ...base, keys: [`${begin}${base.sha}-`, begin], own: `${begin}${run.sha}-` };
}

/** Key that the result of this run is kept under; null = it is none of a branch. Nothing that is not merged may say what was there before. */
export function keyOfResult(
  run: KeepingRun,
  category: string,
  nameOf: (text: string) => string,
): string | null {
  const branch = branchOf(run.ref);
  const isOfBranch = ['push', 'schedule', 'workflow_dispatch'].includes(run.event);
  if (branch === null || !isOfBranch) return null;
  return `${prefix(category, branch, nameOf)}${run.sha}-${run.run}`;
}

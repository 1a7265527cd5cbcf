/** What a run knows of the code that was scanned. */
export interface ScannedCode {
  /** GitHub's name of the event. */
  readonly event: string;
  /** Ref and commit of the run. */
  readonly ref: string;
  readonly sha: string;
  readonly repository: string;
  readonly pull: {
    readonly number: number;
    readonly headSha: string;
    /** `owner/name` of the repository that it comes from; null = that is gone. */
    readonly from: string | null;
  } | null;
  /** What is checked out; null = there is no checkout, as in a job that only judges. */
  readonly head: string | null;
}

/** Where GitHub is to show alerts, or why it cannot. */
export type AnalysedCommit =
  | { readonly kind: 'place'; readonly ref: string; readonly sha: string }
  | { readonly kind: 'none'; readonly why: string };

const none = (why: string): AnalysedCommit => ({ kind: 'none', why });

/**
 * Ref and commit that an analysis belongs to. Alerts of one branch's code must never stand at another branch: there they would
 * close, or open, what was not looked at.
 */
export function analysedCommit(code: ScannedCode): AnalysedCommit {
  const { event, ref, sha, repository, pull, head } = code;
  if (event === 'workflow_run')
    return none(
      'a run after another workflow belongs to the default branch, not to what was scanned',
    );
  if (pull !== null && pull.from !== repository && event !== 'pull_request_target')
    return none('it comes from a fork, whose token may not write alerts');
  if (pull !== null && head === pull.headSha)
    return { kind: 'place', ref: `refs/pull/${pull.number}/head`, sha: head };
  if (event === 'pull_request_target' && head !== sha)
    return none('by the checkout alone it is known what was scanned, and there is none of it');
  if (head !== null && head !== sha)
    return none(`the checkout is at ${head}, which is not the commit of this run`);
  if (!/^refs\/(?:heads|tags|pull)\/./.test(ref)) return none('the run belongs to no branch');
  return { kind: 'place', ref, sha };
}

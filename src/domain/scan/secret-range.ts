/** What started the run, as far as it tells which commits are new. */
export interface RangeEvent {
  /** `push`, `pull_request`, …; empty outside of GitHub. */
  readonly name: string;
  /** Commit of the run; empty outside of GitHub. */
  readonly sha: string;
  /** Full name, such as `refs/heads/main`. */
  readonly ref: string;
  /** null = the event does not say. */
  readonly defaultBranch: string | null;
  /** Of a push: where the ref pointed to before and after it. */
  readonly before: string | null;
  readonly after: string | null;
  readonly deleted: boolean;
  /** Of a pull request or a merge group: what is to be merged, and into what. */
  readonly merge: { readonly base: string | null; readonly head: string | null } | null;
  /** Of `workflow_run`: the commit of the run that came before. */
  readonly followed: string | null;
}

/** Commits to be scanned; names in it are not resolved yet. */
export type WantedRange =
  /** There is no commit that could be scanned. */
  | { readonly kind: 'nothing'; readonly why: string }
  /** The event should say it, and does not. */
  | { readonly kind: 'unknown'; readonly why: string }
  | {
      readonly kind: 'commits';
      readonly head: string;
      /** What leads to it was there before. The first one that can be had counts; empty = all that leads to the head. */
      readonly bases: readonly string[];
      /** What it means that none of them can be had. */
      readonly orElse: 'everything' | 'refuse';
      readonly why: string;
    };

/** Ends of the range that the inputs give. */
export interface GivenEnds {
  readonly base: string | undefined;
  readonly head: string | undefined;
}

const nowhere = /^0+$/;

/** Which commits an event brought; the inputs go before it. */
export function wantedRange(event: RangeEvent, { base, head }: GivenEnds): WantedRange {
  if (base === undefined && head === undefined) return rangeOfEvent(event);
  const bases = base === undefined ? [] : [base];
  const given = head ?? headOf(event);
  return { kind: 'commits', head: given, bases, orElse: 'refuse', why: 'as base and head say' };
}

/** Which commits an event brought. */
export function rangeOfEvent(event: RangeEvent): WantedRange {
  if (event.merge !== null) return rangeOfMerge(event, event.merge);
  if (event.name === 'push') return rangeOfPush(event);
  return everything(
    headOf(event),
    `all history: ${event.name || 'no event'} does not say what is new`,
  );
}

function headOf({ merge, after, followed, sha }: RangeEvent): string {
  const heads = [merge?.head, after, followed, sha];
  return heads.find((one) => (one ?? '') !== '' && !nowhere.test(one ?? '')) ?? 'HEAD';
}

const everything = (head: string, why: string): WantedRange => ({
  kind: 'commits',
  head,
  bases: [],
  orElse: 'everything',
  why,
});

function rangeOfMerge(
  { name }: RangeEvent,
  { base, head }: NonNullable<RangeEvent['merge']>,
): WantedRange {
  const what = name === 'merge_group' ? 'merge group' : 'pull request';
  if (base === null || head === null)
    return { kind: 'unknown', why: `the event does not say which commits this ${what} has` };
  // Without its base nobody could tell what is of this change.
  return {
    kind: 'commits',
    head,
    bases: [base],
    orElse: 'refuse',
    why: `the commits of this ${what}`,
  };
}

function rangeOfPush(event: RangeEvent): WantedRange {
  const { before, after, deleted, ref } = event;
  if (deleted || (after !== null && nowhere.test(after)))
    return { kind: 'nothing', why: `${ref} was deleted` };
  const head = headOf(event);
  // What a tag releases was rarely pushed with it.
  if (ref.startsWith('refs/tags/')) return everything(head, 'all history of this tag');
  const isNew = before === null || nowhere.test(before);
  const main = mainBranch(event);
  if (isNew && main === null) return everything(head, 'all history of this branch: it is new');
  return {
    kind: 'commits',
    head,
    bases: [...(isNew ? [] : [before]), ...(main === null ? [] : [main])],
    orElse: 'everything',
    why: isNew ? `what this new branch adds to ${event.defaultBranch ?? ''}` : 'what was pushed',
  };
}

/** The default branch, for a push to another one. */
function mainBranch({ ref, defaultBranch }: RangeEvent): string | null {
  const name = defaultBranch === null ? null : `refs/heads/${defaultBranch}`;
  return name === ref ? null : name;
}

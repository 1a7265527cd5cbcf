import type { FormatDate } from './format-date';

/** What is known of the repository; '' where nobody says. */
export interface RepositoryFacts {
  readonly name: string;
  readonly description: string;
  readonly url: string;
  readonly defaultBranch: string;
  /** SPDX id. */
  readonly license: string;
}

/** What tags are made from: one event of GitHub, or one commit of a clone. */
export interface TagEvent {
  /** GitHub's name of it: `push`, `pull_request`, `schedule`, … */
  readonly name: string;
  /** Full: `refs/heads/…`, `refs/tags/…` or `refs/pull/N/merge`. */
  readonly ref: string;
  readonly sha: string;
  /** Branch that a tag was pushed from, or that a pull request goes to; '' when the event does not say. */
  readonly baseRef: string;
  readonly repository: RepositoryFacts;
  readonly now: Date;
  readonly commitDate: Date;
  /** Characters of a short commit id. */
  readonly shortSha: number;
  /** Comes with the event, because its table of time zones is dear to load and few runs ask for a date. */
  readonly formatDate: FormatDate;
}

const heads = 'refs/heads/';
const tags = 'refs/tags/';
const pull = 'refs/pull/';

/** Name of the branch; null when the event is of something else. */
export function branchOf({ ref }: Pick<TagEvent, 'ref'>): string | null {
  return ref.startsWith(heads) ? ref.slice(heads.length) : null;
}

/** Name of the git tag; null when the event is of something else. */
export function tagOf({ ref }: Pick<TagEvent, 'ref'>): string | null {
  return ref.startsWith(tags) ? ref.slice(tags.length) : null;
}

/** Number of the pull request; null when the event is of something else. */
export function pullRequestOf({ ref }: Pick<TagEvent, 'ref'>): string | null {
  return ref.startsWith(pull) ? ref.slice(pull.length).replace(/\/merge$/, '') : null;
}

const kinds = { branch: 'branch', tag: 'git tag', pr: 'pull request' };

/** Why an event gives no name of a kind. */
export function noneOf(kind: keyof typeof kinds, { ref }: Pick<TagEvent, 'ref'>): string {
  return ref === '' ? 'the event has no ref' : `${ref} is no ${kinds[kind]}`;
}

/** The commit's id, cut to the length that was chosen. */
export function shortSha({ sha, shortSha: length }: Pick<TagEvent, 'sha' | 'shortSha'>): string {
  return sha.slice(0, length);
}

/** Events that always run on the default branch's last commit (GitHub, "Events that trigger workflows"). */
const onDefaultBranch = /create|discussion|issues|schedule/;

/** Whether the event is of the default branch. */
export function isDefaultBranch(event: TagEvent): boolean {
  const branch = event.ref.startsWith(heads) ? event.ref.slice(heads.length) : event.ref;
  if (branch === '') return false;
  return branch === event.repository.defaultBranch || onDefaultBranch.test(event.name);
}

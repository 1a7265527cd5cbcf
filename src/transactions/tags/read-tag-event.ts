import type { CloneFacts } from '../../operations/tags/read-clone';
import type { FormatDate } from '../../domain/tags/format-date';
import type { RepositoryFacts, TagEvent } from '../../domain/tags/tag-event';
import { refusal, type Problem } from '../../domain/problem';
import { ShiplockError, messageOf } from '../../errors';
import type { RepositoryApi } from '../../platform/github/github-repository';
import type { EventPayload } from '../../platform/github/github-event';
import type { GithubFacts } from '../../platform/github/github-facts';

/** Where an event is read from; what the payload has is asked of nobody. */
export interface EventSources {
  readonly env: GithubFacts;
  readonly payload: EventPayload;
  readonly clone: () => Promise<CloneFacts | null>;
  readonly github: Pick<RepositoryApi, 'repository' | 'commitDate'>;
  readonly now: Date;
  readonly warn: (text: string) => void;
}

export interface EventChoices {
  readonly context: 'workflow' | 'git';
  readonly prHeadSha: boolean;
  readonly shortSha: number;
  /** All texts of the inputs: what they do not speak of need not be known. */
  readonly texts: string;
}

/** The event that tags are made from. Throws a ShiplockError when something the rules speak of is not to be had. */
export async function readTagEvent(
  sources: EventSources,
  choices: EventChoices,
): Promise<TagEvent> {
  const { env, payload, now } = sources;
  const place =
    choices.context === 'git' ? await placeInClone(sources) : placeOfRun(sources, choices);
  const [repository, commitDate] = await Promise.all([
    readRepository(sources, choices.texts),
    readCommitDate(sources, place.sha, choices.texts),
  ]);
  const { shortSha, texts } = choices;
  const { eventName: name } = env;
  return {
    name,
    ...place,
    baseRef: baseRefOf(place.ref, payload),
    repository,
    commitDate,
    now,
    shortSha,
    formatDate: texts.includes('date') ? await dateFormatter() : noDates,
  };
}

async function dateFormatter(): Promise<FormatDate> {
  const { formatDate } = await import('../../domain/tags/format-date');
  return formatDate;
}

function noDates(): never {
  throw new Error('no input speaks of a date');
}

type Place = Pick<TagEvent, 'ref' | 'sha'>;

function placeOfRun(sources: EventSources, choices: EventChoices): Place {
  const problems = lacks(sources, choices);
  if (problems.length > 0) throw refusal(`the event ${sources.env.eventName}`, problems);
  const { env, payload } = sources;
  const { number, pull_request: pull } = payload;
  const head = isOfPull(env) && choices.prHeadSha ? pull?.head?.sha : undefined;
  // That event runs on the target branch, and is about a pull request all the same.
  const ref = isTarget(env) ? `refs/pull/${number ?? ''}/merge` : env.ref;
  return { ref, sha: head ?? env.sha };
}

const isOfPull = ({ eventName }: GithubFacts): boolean => eventName.startsWith('pull_request');
const isTarget = ({ eventName }: GithubFacts): boolean => eventName === 'pull_request_target';

/** What the event does not say, and the inputs speak of: tags of another commit or branch would be worse than none. */
function lacks({ env, payload }: EventSources, choices: EventChoices): readonly Problem[] {
  const pull = payload.pull_request;
  const wanted: readonly (readonly [path: string, lacking: boolean, fix: string])[] = [
    ['GITHUB_REF', env.ref === '', 'run this in a workflow, or use context: git'],
    ['GITHUB_SHA', env.sha === '', 'run this in a workflow, or use context: git'],
    ['number', isTarget(env) && payload.number === undefined, 'use the event as GitHub sends it'],
    [
      'pull_request.head.sha',
      isOfPull(env) && choices.prHeadSha && pull?.head?.sha === undefined,
      'leave out pr-head-sha',
    ],
    [
      'pull_request.base.ref',
      isOfPull(env) && choices.texts.includes('base_ref') && pull?.base?.ref === undefined,
      'leave out base_ref',
    ],
  ];
  return wanted
    .filter(([, lacking]) => lacking)
    .map(([path, , fix]) => ({ path, says: 'is not there', fix }));
}

async function placeInClone({ clone }: EventSources): Promise<Place> {
  const facts = await clone();
  if (facts !== null && facts.ref !== null) return { ref: facts.ref, sha: facts.sha };
  const what =
    facts === null ? 'there is no clone' : `commit ${facts.sha} has no name in the clone`;
  throw new ShiplockError(`context is git, and ${what}`, {
    hint: 'Run actions/checkout before this step (with `fetch-tags: true` for a tag), or use `context: workflow`.',
    fault: 'user',
    verdict: 'refused',
  });
}

function baseRefOf(ref: string, { base_ref: pushed, pull_request: pull }: EventPayload): string {
  if (ref.startsWith('refs/tags/')) return (pushed ?? '').replace(/^refs\/heads\//, '');
  return ref.startsWith('refs/pull/') ? (pull?.base?.ref ?? '') : '';
}

async function readRepository(
  { env, payload, github, warn }: EventSources,
  texts: string,
): Promise<RepositoryFacts> {
  const { repository: given } = payload;
  if (given !== undefined) {
    return {
      name: given.name,
      description: given.description ?? '',
      url: given.html_url,
      defaultBranch: given.default_branch,
      license: given.license?.spdx_id ?? '',
    };
  }
  try {
    const { description, license, ...facts } = await github.repository();
    return { ...facts, description: description ?? '', license: license ?? '' };
  } catch (thrown) {
    if (/type\s*=\s*edge|default_branch/.test(texts)) throw thrown;
    warn(`Labels lack description and licence: ${messageOf(thrown)}`);
    const [, name = ''] = env.repository.split('/');
    const url = `${env.serverUrl}/${env.repository}`;
    return { name, description: '', url, defaultBranch: '', license: '' };
  }
}

async function readCommitDate(
  { payload, clone, github, now }: EventSources,
  sha: string,
  texts: string,
): Promise<Date> {
  if (!texts.includes('commit_date')) return now;
  const commits = [
    ...(payload.commits ?? []),
    ...(payload.head_commit ? [payload.head_commit] : []),
  ];
  const told = commits.find(({ id }) => id === sha);
  if (told !== undefined) return new Date(told.timestamp);
  const facts = await clone();
  return facts?.sha === sha ? facts.commitDate : github.commitDate(sha);
}

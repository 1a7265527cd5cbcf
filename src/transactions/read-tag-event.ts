import type { CloneFacts } from '../operations/read-clone';
import type { RepositoryFacts, TagEvent } from '../domain/tags/tag-event';
import { ShiplockError, messageOf } from '../errors';
import type { RepositoryApi } from '../platform/github-repository';
import type { EventPayload } from '../platform/github-event';
import type { GithubFacts } from '../platform/github-facts';

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
  const { shortSha } = choices;
  const { eventName: name } = env;
  return {
    name,
    ...place,
    baseRef: baseRefOf(place.ref, payload),
    repository,
    commitDate,
    now,
    shortSha,
  };
}

type Place = Pick<TagEvent, 'ref' | 'sha'>;

function placeOfRun({ env, payload }: EventSources, { prHeadSha }: EventChoices): Place {
  const { eventName, ref } = env;
  const head = payload.pull_request?.head.sha;
  const ofPull = eventName.startsWith('pull_request') && prHeadSha && head !== undefined;
  const sha = ofPull ? head : env.sha;
  // That event runs on the target branch, and is about a pull request all the same.
  const target = eventName === 'pull_request_target' && payload.number !== undefined;
  return { ref: target ? `refs/pull/${payload.number ?? ''}/merge` : ref, sha };
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
  return ref.startsWith('refs/pull/') ? (pull?.base.ref ?? '') : '';
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

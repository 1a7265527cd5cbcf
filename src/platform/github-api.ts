import { getOctokit } from '@actions/github';
import { ShiplockError, messageOf } from '../errors';

/** The parts of GitHub's REST API that we use, of one repository; each call throws a ShiplockError that says what is missing. */
export interface GithubApi {
  repository(): Promise<ApiRepository>;
  /** Committer's date of a commit. */
  commitDate(sha: string): Promise<Date>;
  /** Names of all tags. */
  tags(): Promise<readonly string[]>;
}

export interface ApiRepository {
  readonly name: string;
  readonly description: string | null;
  readonly url: string;
  readonly defaultBranch: string;
  readonly license: string | null;
}

/** @param repository `owner/name` */
export function githubApi(token: string, baseUrl: string, repository: string): GithubApi {
  const [owner = '', repo = ''] = repository.split('/');
  const client = (): ReturnType<typeof getOctokit> => {
    if (token === '') throw new Error('there is no github-token');
    return getOctokit(token, { baseUrl });
  };
  const at = { owner, repo };
  return {
    repository: () =>
      asked(`repository ${repository}`, async () => {
        const { data } = await client().rest.repos.get(at);
        return {
          name: data.name,
          description: data.description,
          url: data.html_url,
          defaultBranch: data.default_branch,
          license: data.license?.spdx_id ?? null,
        };
      }),
    commitDate: (sha) =>
      asked(`commit ${sha}`, async () => {
        const { data } = await client().rest.repos.getCommit({ ...at, ref: sha });
        const date = data.commit.committer?.date;
        if (date === undefined) throw new Error('it has no date');
        return new Date(date);
      }),
    tags: () =>
      asked(`the tags of ${repository}`, async () => {
        const query = { ...at, ref: 'tags/', per_page: 100 };
        const octokit = client();
        const refs = await octokit.paginate(octokit.rest.git.listMatchingRefs, query);
        return refs.map(({ ref }) => ref.replace(/^refs\/tags\//, ''));
      }),
  };
}

async function asked<T>(what: string, ask: () => Promise<T>): Promise<T> {
  try {
    return await ask();
  } catch (cause) {
    const status = statusOf(cause);
    throw new ShiplockError(`GitHub did not tell ${what}: ${messageOf(cause)}`, {
      hint: hints[status] ?? 'Look at https://www.githubstatus.com, and run again.',
      fault: status === 0 || status >= 500 ? 'remote' : 'user',
      cause,
    });
  }
}

const hints: Readonly<Record<number, string>> = {
  401: 'The token in `github-token` is not valid any more, or belongs to another server.',
  403: 'Give the job `permissions: contents: read`, or wait until the rate limit is reset.',
  404: 'Give the job `permissions: contents: read`; what a token may not see is not found.',
  429: 'The rate limit is reached: run again in some minutes.',
};

function statusOf(thrown: unknown): number {
  const status: unknown = thrown instanceof Error && 'status' in thrown ? thrown.status : 0;
  return typeof status === 'number' ? status : 0;
}

import { GithubFailure } from '../../errors';
import type { GithubClient } from './github-client';

/** What a repository at GitHub says of itself. */
export interface RepositoryApi {
  repository(): Promise<ApiRepository>;
  /** Committer's date of a commit. */
  commitDate(sha: string): Promise<Date>;
  /** What a commit was made upon: of a merge, the branch that it went into. */
  firstParent(sha: string): Promise<string | null>;
  /** Names of all tags. */
  tags(): Promise<readonly string[]>;
  /** Text of a file at a commit; null when that commit has none. */
  textAt(path: string, sha: string): Promise<string | null>;
}

export interface ApiRepository {
  readonly name: string;
  readonly description: string | null;
  readonly url: string;
  readonly defaultBranch: string;
  readonly license: string | null;
}

/** Each call throws a GithubFailure that says what is missing. */
export function repositoryApi(client: GithubClient): RepositoryApi {
  return {
    repository: () =>
      client.ask('about the repository', async (octokit, at) => {
        const { data } = await octokit.rest.repos.get(at);
        return {
          name: data.name,
          description: data.description,
          url: data.html_url,
          defaultBranch: data.default_branch,
          license: data.license?.spdx_id ?? null,
        };
      }),
    commitDate: (sha) =>
      client.ask(`the date of commit ${sha}`, async (octokit, at) => {
        const { data } = await octokit.rest.repos.getCommit({ ...at, ref: sha });
        const date = data.commit.committer?.date;
        if (date === undefined) throw new Error('it has none');
        return new Date(date);
      }),
    firstParent: (sha) =>
      client.ask(`what commit ${sha} was made upon`, async (octokit, at) => {
        const { data } = await octokit.rest.repos.getCommit({ ...at, ref: sha });
        return data.parents[0]?.sha ?? null;
      }),
    textAt: (path, sha) => textAt(client, path, sha),
    tags: () =>
      client.ask('the tags of the repository', async (octokit, at) => {
        // All at once: this question has no pages.
        const { data: refs } = await octokit.rest.git.listMatchingRefs({ ...at, ref: 'tags/' });
        return refs.map(({ ref }) => ref.replace(/^refs\/tags\//, ''));
      }),
  };
}

/** What a token may not see is not found either: only a commit that can be looked at can lack a file. */
async function textAt(client: GithubClient, path: string, sha: string): Promise<string | null> {
  const mediaType = { format: 'raw' };
  try {
    return await client.ask(`the file ${path} of ${sha}`, async (octokit, at) => {
      const { data } = await octokit.rest.repos.getContent({ ...at, path, ref: sha, mediaType });
      // With that media type the answer is the text, whatever the types say.
      if (typeof data !== 'string') throw new Error('it is no file');
      return data;
    });
  } catch (thrown) {
    if (!(thrown instanceof GithubFailure) || thrown.status !== 404) throw thrown;
    await client.ask(`the commit ${sha}`, (octokit, at) =>
      octokit.rest.repos.getCommit({ ...at, ref: sha }),
    );
    return null;
  }
}

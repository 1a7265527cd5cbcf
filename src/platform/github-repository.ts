import type { GithubClient } from './github-client';

/** What a repository at GitHub says of itself. */
export interface RepositoryApi {
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
    tags: () =>
      client.ask('the tags of the repository', async (octokit, at) => {
        // All at once: this question has no pages.
        const { data: refs } = await octokit.rest.git.listMatchingRefs({ ...at, ref: 'tags/' });
        return refs.map(({ ref }) => ref.replace(/^refs\/tags\//, ''));
      }),
  };
}

import type { GithubClient } from './github-client';

export interface PullComment {
  readonly id: number;
  /** Login of its author; null = that account is gone. */
  readonly author: string | null;
  readonly body: string;
}

/** The conversation of one pull request: https://docs.github.com/en/rest/issues/comments. */
export interface PullCommentsApi {
  /** Login that comments of this token get. */
  self(): Promise<string>;
  list(): Promise<readonly PullComment[]>;
  create(body: string): Promise<void>;
  update(id: number, body: string): Promise<void>;
}

/** Each call throws a GithubFailure that says what is missing. */
export function pullCommentsApi(client: GithubClient, pull: number): PullCommentsApi {
  return {
    self: () =>
      client.ask('whose token this is', async (octokit) => {
        // REST tells that to people's tokens only, not to the one of a job.
        const { viewer } = await octokit.graphql<{ viewer: { login: string } }>('{viewer{login}}');
        return viewer.login;
      }),
    list: () =>
      client.ask('the comments of the pull request', async (octokit, at) => {
        const { listComments } = octokit.rest.issues;
        const asked = { ...at, issue_number: pull, per_page: 100 };
        const found = await octokit.paginate(listComments, asked);
        return found.map(({ id, user, body }) => {
          return { id, author: user?.login ?? null, body: body ?? '' };
        });
      }),
    create: (body) =>
      client.ask('whether it takes the comment', async (octokit, at) => {
        await octokit.rest.issues.createComment({ ...at, issue_number: pull, body });
      }),
    update: (id, body) =>
      client.ask('whether it takes the new text of the comment', async (octokit, at) => {
        await octokit.rest.issues.updateComment({ ...at, comment_id: id, body });
      }),
  };
}

import { getOctokit } from '@actions/github';
import { GithubFailure, messageOf } from '../errors';

type Octokit = ReturnType<typeof getOctokit>;

/** One repository at GitHub: https://docs.github.com/en/rest. */
export interface GithubClient {
  /** Asks or tells it something; `what` stands in messages. Throws a GithubFailure. */
  ask<T>(
    what: string,
    call: (octokit: Octokit, at: { owner: string; repo: string }) => Promise<T>,
  ): Promise<T>;
}

const hints: Readonly<Record<number, string>> = {
  401: 'The token in `github-token` is not valid any more, or belongs to another server.',
  403: 'Give the job the permissions that the README of this action lists, or wait until the rate limit is reset.',
  404: 'Give the job the permissions that the README of this action lists: what a token may not see is not found.',
  429: 'The rate limit is reached: run again in some minutes.',
};

/** @param repository `owner/name`; @param token '' = there is none, which each call says */
export function githubClient(token: string, baseUrl: string, repository: string): GithubClient {
  const [owner = '', repo = ''] = repository.split('/');
  let octokit: Octokit | undefined;
  return {
    ask: async (what, call) => {
      if (token === '') {
        const message = `GitHub was not asked about ${what}: there is no github-token`;
        throw failure(message, 401, null, undefined);
      }
      octokit ??= getOctokit(token, { baseUrl });
      try {
        return await call(octokit, { owner, repo });
      } catch (cause) {
        const status = statusOf(cause);
        const message = `GitHub did not tell ${what}: ${messageOf(cause)}`;
        throw failure(message, status, retryAfter(cause, status), cause);
      }
    },
  };
}

function failure(
  message: string,
  status: number,
  retryAfterMs: number | null,
  cause: unknown,
): GithubFailure {
  const hint = hints[status] ?? 'Look at https://www.githubstatus.com, and run again.';
  return new GithubFailure(message, status, retryAfterMs, { hint, cause });
}

function statusOf(thrown: unknown): number {
  const status: unknown = thrown instanceof Error && 'status' in thrown ? thrown.status : 0;
  // Octokit calls a connection that failed a 500 without an answer.
  return typeof status === 'number' && headersOf(thrown) !== null ? status : 0;
}

/** https://docs.github.com/en/rest/using-the-rest-api/best-practices-for-using-the-rest-api#handle-rate-limit-errors-appropriately */
function retryAfter(thrown: unknown, status: number): number | null {
  const headers = headersOf(thrown);
  if (status === 403 || status === 429) {
    const seconds = Number(headers?.['retry-after']);
    if (seconds > 0) return seconds * 1000;
    const reset = Number(headers?.['x-ratelimit-reset']);
    if (headers?.['x-ratelimit-remaining'] === '0' && reset > 0)
      return Math.max(1000, reset * 1000 - Date.now());
    return status === 429 ? 60_000 : null;
  }
  return status === 0 || status >= 500 ? 0 : null;
}

function headersOf(thrown: unknown): Readonly<Record<string, unknown>> | null {
  if (!(thrown instanceof Error) || !('response' in thrown)) return null;
  const { response } = thrown;
  if (typeof response !== 'object' || response === null || !('headers' in response)) return null;
  return response.headers as Readonly<Record<string, unknown>>;
}

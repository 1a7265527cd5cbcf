import { GithubFailure, messageOf } from '../../errors';

const hints: Readonly<Record<number, string>> = {
  401: 'The token in `github-token` is not valid any more, or belongs to another server.',
  403: 'Give the job the permissions that the README of this action lists.',
  404: 'Give the job the permissions that the README of this action lists: what a token may not see is not found.',
};
const limit = 'The rate limit of the token is used up: run again later, or ask less often.';
const outage = 'Look at https://www.githubstatus.com, and run again.';

/** There is no token to ask with. */
export function noToken(what: string): GithubFailure {
  const hint = 'Give the input `github-token`.';
  return new GithubFailure(`GitHub was not asked ${what}: there is no token`, 401, null, { hint });
}

/** What was thrown by a call, with its status and the time after which it may be made again. @param now milliseconds since 1970 */
export function githubFailure(what: string, thrown: unknown, now: number): GithubFailure {
  const headers = headersOf(thrown);
  const status = headers === null ? 0 : statusOf(thrown);
  const retryAfterMs = retryAfter(status, headers ?? {}, messageOf(thrown), now);
  const message = `GitHub did not tell ${what}: ${reasonOf(status, thrown)}`;
  const hint = hintOf(status, headers ?? {}, retryAfterMs);
  return new GithubFailure(message, status, retryAfterMs, { hint, cause: thrown });
}

type Headers = Readonly<Record<string, unknown>>;

function reasonOf(status: number, thrown: unknown): string {
  // What stands in front of GitHub answers with a page of HTML.
  if (status >= 500) return `it answered ${status}`;
  // Octokit adds the address of a manual.
  const text = messageOf(thrown).replace(/ - https:\/\/docs\.github\.com\S*$/, '');
  return status === 0 ? text : `${text} (${status})`;
}

function hintOf(status: number, headers: Headers, retryAfterMs: number | null): string {
  if (retryAfterMs !== null) return status === 403 || status === 429 ? limit : outage;
  const wanted = headers['x-accepted-github-permissions'];
  if (status === 403 && typeof wanted === 'string' && /^[\w=,; -]+$/.test(wanted))
    // Workflows write permissions with dashes.
    return `Give the job the permission that this takes: ${wanted.replaceAll('=', ': ').replaceAll('_', '-')}.`;
  return hints[status] ?? 'What was asked does not suit GitHub: look at the inputs of this step.';
}

/** null = it will not help. https://docs.github.com/en/rest/using-the-rest-api/rate-limits-for-the-rest-api#exceeding-the-rate-limit */
function retryAfter(status: number, headers: Headers, text: string, now: number): number | null {
  // A failed connection, and what GitHub says of itself, may pass at once.
  if (status === 0 || status >= 500) return 0;
  if (status !== 403 && status !== 429) return null;
  const seconds = Number(headers['retry-after']);
  if (seconds > 0) return seconds * 1000;
  const reset = Number(headers['x-ratelimit-reset']);
  // Its own clock, where it says the time: a runner's may be wrong.
  const today = Date.parse(String(headers['date'])) || now;
  if (headers['x-ratelimit-remaining'] === '0' && reset > 0)
    return Math.max(1000, reset * 1000 - today);
  return status === 429 || /rate limit/i.test(text) ? 60_000 : null;
}

function statusOf(thrown: unknown): number {
  const status: unknown = thrown instanceof Error && 'status' in thrown ? thrown.status : 0;
  return typeof status === 'number' ? status : 0;
}

/** null = there was no answer; Octokit calls that a 500. */
function headersOf(thrown: unknown): Headers | null {
  if (!(thrown instanceof Error) || !('response' in thrown)) return null;
  const { response } = thrown;
  if (typeof response !== 'object' || response === null || !('headers' in response)) return null;
  return response.headers as Headers;
}

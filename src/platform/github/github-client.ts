import type { getOctokit } from '@actions/github';
import type { GithubFailure } from '../../errors';
import type { Clock } from '../clock';
import { githubFailure, noToken } from './github-failure';

type Octokit = ReturnType<typeof getOctokit>;

/** One repository at GitHub: https://docs.github.com/en/rest. */
export interface GithubClient {
  /**
   * Asks or tells it something that may be asked twice; `what` stands in messages. What passes by itself is asked again. Throws a
   * GithubFailure.
   */
  ask<T>(
    what: string,
    call: (octokit: Octokit, at: { owner: string; repo: string }) => Promise<T>,
  ): Promise<T>;
}

export interface GithubServer {
  readonly url: string;
  /** `owner/name`. */
  readonly repository: string;
  /** '' = there is none, which each call says. */
  readonly token: string;
}

/** How a call waits before it is made again. */
export interface Patience {
  readonly clock: Clock;
  readonly signal: AbortSignal;
  readonly tell: (text: string) => void;
}

const tries = 3;
/** Whoever can wait longer for a limit to end asks again later. */
const longestPauseMs = 60_000;

const requestMs = 30_000;
/** A run that is cancelled may still say so, but has to be quick. */
const lastWordsMs = 4000;

/** Connects nothing yet. */
export function githubClient(server: GithubServer, patience: Patience): GithubClient {
  const { url, repository, token } = server;
  const [owner = '', repo = ''] = repository.split('/');
  const { signal } = patience;
  let octokit: Octokit | undefined;
  return {
    ask: async (what, call) => {
      if (token === '') throw noToken(what);
      octokit ??= await limitedOctokit(token, url, signal);
      const cancelledBefore = signal.aborted;
      for (let turn = 1; ; turn += 1) {
        try {
          return await call(octokit, { owner, repo });
        } catch (thrown) {
          if (!cancelledBefore) signal.throwIfAborted();
          await pause(githubFailure(what, thrown, patience.clock.now()), turn, patience);
        }
      }
    },
  };
}

/** Each request ends in time, and with the run; an answer that broke off is none. */
async function limitedOctokit(
  token: string,
  baseUrl: string,
  cancelled: AbortSignal,
): Promise<Octokit> {
  // Loaded when somebody is asked: most runs of image-tags ask nobody, and loading it takes a third of their start.
  const { getOctokit } = await import('@actions/github');
  const octokit = getOctokit(token, { baseUrl });
  octokit.hook.before('request', (options) => {
    const signal = cancelled.aborted
      ? AbortSignal.timeout(lastWordsMs)
      : AbortSignal.any([cancelled, AbortSignal.timeout(requestMs)]);
    options.request = { ...options.request, signal };
  });
  octokit.hook.after('request', ({ data }, { mediaType }) => {
    // Octokit gives what it cannot read as text, and nothing at all as an empty list.
    const read = typeof data === 'object' ? data !== null : mediaType.format === 'raw';
    if (!read) throw new Error('the answer is no JSON, or broke off');
  });
  return octokit;
}

/** Throws the failure when another try has no sense. */
async function pause(failure: GithubFailure, turn: number, patience: Patience): Promise<void> {
  const { retryAfterMs } = failure;
  const hopeless = retryAfterMs === null || retryAfterMs > longestPauseMs;
  if (hopeless || turn === tries || patience.signal.aborted) throw failure;
  const ms = Math.max(retryAfterMs, 1000 * turn ** 2);
  patience.tell(`${failure.message}; asking again in ${Math.ceil(ms / 1000)} s`);
  await patience.clock.sleep(ms, patience.signal);
  patience.signal.throwIfAborted();
}

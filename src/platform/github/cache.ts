import { mkdir } from 'node:fs/promises';
import type * as Library from '@actions/cache';
import { messageOf } from '../../errors';

/** Folders that GitHub keeps for later runs of the repository: https://docs.github.com/en/actions/reference/dependency-caching-reference. */
export interface Cache {
  /**
   * Brings back what was saved of this folder under the key that begins with the first of `keys`, the newest of them. What comes
   * may be of anybody who can run code in this branch or in those that it may read: judge it. @returns the whole key; null = there is none, or no cache
   */
  restore(folder: string, keys: readonly [string, ...string[]]): Promise<string | null>;
  /** Keeps a folder. What is there under this key stays as it is. @returns whether it is kept */
  save(folder: string, key: string): Promise<boolean>;
}

/** A cache is a help: without it, or when it does not answer in time, the run goes on and says so. */
const longestMs = 120_000;

/** The cache of this repository. A folder must be named alike in every run: its path is a part of the key. */
export function githubCache(tell: (text: string) => void, signal: AbortSignal): Cache {
  const attempt = async <Got>(what: string, call: (cache: typeof Library) => Promise<Got>) => {
    signal.throwIfAborted();
    try {
      // Loaded when it is asked for: it brings a client of Azure along.
      const cache = await import('@actions/cache');
      if (!cache.isFeatureAvailable()) throw new Error('this runner has none');
      return await inTime(call(cache), signal);
    } catch (thrown) {
      signal.throwIfAborted();
      tell(`The cache ${what}: ${messageOf(thrown)}`);
      return null;
    }
  };
  return {
    restore: async (folder, [key, ...others]) => {
      await mkdir(folder, { recursive: true });
      const found = await attempt('could not be asked', ({ restoreCache }) =>
        restoreCache([folder], key, others),
      );
      return found ?? null;
    },
    save: async (folder, key) => {
      // -1: another run was first, or it said itself what went wrong.
      const id = await attempt('could not be filled', ({ saveCache }) => saveCache([folder], key));
      return id !== null && id !== -1;
    },
  };
}

async function inTime<Got>(work: Promise<Got>, cancelled: AbortSignal): Promise<Got> {
  const signal = AbortSignal.any([cancelled, AbortSignal.timeout(longestMs)]);
  const ended = new Promise<never>((_resolve, reject) => {
    const end = (): void => {
      reject(new Error(`it did not answer within ${longestMs / 1000} s`));
    };
    if (signal.aborted) end();
    else signal.addEventListener('abort', end);
  });
  return await Promise.race([work, ended]);
}

import { copyFile, mkdir } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { Baseline } from '../domain/scan/baseline';
import { keyOfResult, placeOfBaseline, type KeepingRun } from '../domain/scan/kept-result';
import { messageOf } from '../errors';
import { findResult, keepResult, type KeepTools } from '../operations/scan/kept-results';
import { keyedName, shortName } from '../platform/digest';
import { localFiles } from '../platform/files';
import { githubCache } from '../platform/github/cache';
import { readEventPayload } from '../platform/github/github-event';
import type { RepositoryApi } from '../platform/github/github-repository';
import type { ActionContext } from '../platform/github/run-action';
import { openReport } from '../platform/report-file';
import { jobFolder } from '../platform/tool-files';

type Context = Pick<ActionContext<never>, 'env' | 'log' | 'signal'>;

/** Results of earlier runs, in GitHub's cache. */
export interface KeepMachine {
  readonly find: () => Promise<Baseline>;
  /** @param path of this run's result @returns whether it is kept; null = this run is of no branch */
  readonly keep: (path: string) => Promise<boolean | null>;
}

export function keepMachine(
  { env, log, signal }: Context,
  github: Pick<RepositoryApi, 'firstParent'>,
  key: string,
  category: string,
): KeepMachine {
  const tell = (text: string): void => {
    log.line(text);
  };
  const folder = join(jobFolder(), 'shiplock-scan-result');
  const tools: KeepTools = {
    cache: githubCache(tell, signal),
    folder,
    files: localFiles(),
    copy: async (from, to) => {
      await mkdir(dirname(to), { recursive: true });
      await copyFile(from, to);
    },
    open: (path) => openReport(folder, path),
    hash: (text) => keyedName(text, key),
  };
  return {
    find: async () => {
      const place = placeOfBaseline(await runOf(env, github), category, shortName);
      return place === null ? { kind: 'none' } : findResult(place, tools);
    },
    keep: async (path) => {
      const name = keyOfResult(plainRun(env), category, shortName);
      if (name === null) return null;
      return keepResult(path, name, tools).catch((thrown: unknown) => {
        signal.throwIfAborted();
        tell(messageOf(thrown));
        return false;
      });
    },
  };
}

const isCommit = (text: string | undefined): text is string =>
  text !== undefined && /^[0-9a-f]{40,64}$/.test(text) && !/^0+$/.test(text);

function plainRun({ eventName: event, ref, sha, runId, runAttempt }: Context['env']): KeepingRun {
  return { event, ref, sha, run: `${runId}-${runAttempt}`, before: null, base: null };
}

async function runOf(
  env: Context['env'],
  github: Pick<RepositoryApi, 'firstParent'>,
): Promise<KeepingRun> {
  const { before, pull_request: pull, merge_group: group } = readEventPayload();
  const run = { ...plainRun(env), before: isCommit(before) ? before : null };
  if (group?.base_sha !== undefined && group.base_ref !== undefined)
    return {
      ...run,
      base: { branch: group.base_ref.replace(/^refs\/heads\//, ''), sha: group.base_sha },
    };
  if (pull?.base?.sha === undefined) return run;
  const { ref: branch, sha } = pull.base;
  // The merge commit knows what it was merged into; the event may be older than that.
  const merged = /^refs\/pull\/\d+\/merge$/.test(env.ref)
    ? await github.firstParent(env.sha).catch(() => null)
    : null;
  return { ...run, base: { branch, sha: merged ?? sha } };
}

import { realpath } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { isTracked } from '../operations/scan/read-policy';
import { systemClock } from '../platform/clock';
import { keyedName, shortName } from '../platform/digest';
import { localFiles } from '../platform/files';
import { githubClient } from '../platform/github/github-client';
import { readEventPayload } from '../platform/github/github-event';
import { repositoryApi } from '../platform/github/github-repository';
import { makeJobFolder } from '../platform/github/job-files';
import { localHost } from '../platform/local-host';
import { gzipBytes, openReport, writePieces } from '../platform/report-file';
import type { ActionContext } from '../platform/github/run-action';
import type { ScanTools } from '../transactions/scan/judge-scan';
import { toolMachine } from './tool-machine';

/** The runner as scan-gate sees it. */
export interface ScanMachine extends ScanTools {
  readonly gzipBytes: (text: string) => number;
  /** @returns paths; the files last as long as the job */
  readonly writeResult: (texts: {
    readonly sarif: Iterable<string>;
    readonly json: Iterable<string>;
  }) => Promise<{ readonly sarif: string; readonly json: string }>;
}

/** The machine that this process runs on. @param settings key of the user, for fingerprints, may be empty; where tools are downloaded from */
export function scanMachine(
  context: Pick<ActionContext<never>, 'env' | 'log' | 'signal' | 'workspace' | 'mask'>,
  token: string,
  { key, mirror }: { readonly key: string; readonly mirror: string | undefined },
): ScanMachine {
  const { env, workspace, mask } = context;
  const host = localHost();
  const files = localFiles();
  const fingerprintKey = `${env.repositoryId || env.repository}\n${key}`;
  return {
    ...toolMachine(context, mirror ?? 'https://github.com'),
    now: new Date(),
    mask,
    hash: (text) => keyedName(text, fingerprintKey),
    nameOf: shortName,
    open: (path) => openReport(workspace, path),
    isTracked: async (path) => isTracked(host, workspace, await realpath(resolve(workspace, path))),
    checkout: (path) => files.read(resolve(workspace, path)),
    base: baseReader(context, token),
    gzipBytes,
    writeResult: async ({ sarif, json }) => {
      const folder = makeJobFolder('scan-gate');
      const paths = {
        sarif: join(folder, 'scan-gate.sarif'),
        json: join(folder, 'scan-gate.json'),
      };
      await writePieces(paths.sarif, sarif);
      await writePieces(paths.json, json);
      return paths;
    },
  };
}

/** Reads files of the commit that a pull request or merge group goes into; null where the checkout itself decides. */
function baseReader(
  { env, log, signal }: Pick<ActionContext<never>, 'env' | 'log' | 'signal'>,
  token: string,
): ScanTools['base'] {
  const { pull_request: pull, merge_group: group } = readEventPayload();
  if (pull === undefined && group === undefined) return null;
  const sha = pull?.base?.sha ?? group?.base_sha;
  if (sha === undefined)
    return () => Promise.reject(new Error('the event does not say which commit this goes into'));
  const tell = (text: string): void => {
    log.line(text);
  };
  const server = { url: env.apiUrl, repository: env.repository, token };
  const github = repositoryApi(githubClient(server, { clock: systemClock, signal, tell }));
  return (path) => github.textAt(path, sha);
}

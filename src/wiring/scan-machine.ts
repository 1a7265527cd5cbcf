import { realpath } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { findingHolder } from '../operations/scan/hold-finding';
import { isTracked } from '../operations/scan/read-policy';
import { systemClock } from '../platform/clock';
import { keyedName, shortName } from '../platform/digest';
import { localFiles } from '../platform/files';
import { githubClient } from '../platform/github/github-client';
import { readEventPayload } from '../platform/github/github-event';
import { repositoryApi, type RepositoryApi } from '../platform/github/github-repository';
import { makeJobFolder } from '../platform/github/job-files';
import { localHost } from '../platform/local-host';
import { gzipBytes, openReport, writePieces } from '../platform/report-file';
import { spillFile } from '../platform/spill-file';
import type { ActionContext } from '../platform/github/run-action';
import type { ScanTools } from '../transactions/scan/judge-scan';
import { historyMachine } from './history-machine';
import { keepMachine } from './keep-machine';
import { toolMachine } from './tool-machine';

/** The runner as scan-gate sees it. */
export interface ScanMachine extends ScanTools {
  readonly gzipBytes: (text: string) => number;
  /** @returns paths; the files last as long as the job */
  readonly writeResult: (texts: {
    readonly sarif: Iterable<string>;
    readonly json: Iterable<string>;
  }) => Promise<{ readonly sarif: string; readonly json: string }>;
  /** Keeps a result for later runs. @returns whether it is kept; null = this run is of no branch */
  readonly keepResult: (path: string) => Promise<boolean | null>;
}

export interface ScanSettings {
  readonly token: string;
  /** The user's key for fingerprints; may be empty. */
  readonly key: string;
  readonly category: string;
  /** Where tools are downloaded from; undefined = their publishers at GitHub. */
  readonly mirror: string | undefined;
}

/** The machine that this process runs on. */
export function scanMachine(
  context: Pick<ActionContext<never>, 'env' | 'log' | 'signal' | 'workspace' | 'mask'>,
  { token, key, category, mirror }: ScanSettings,
): ScanMachine {
  const { env, workspace, mask } = context;
  const github = githubOf(context, token);
  const tools = toolMachine(context, mirror ?? 'https://github.com');
  const host = localHost();
  const files = localFiles();
  const fingerprintKey = `${env.repositoryId || env.repository}\n${key}`;
  const kept = keepMachine(context, github, fingerprintKey, category);
  return {
    ...tools,
    ...historyMachine(context, token, tools.variables),
    now: new Date(),
    mask,
    hash: (text) => keyedName(text, fingerprintKey),
    nameOf: shortName,
    hold: findingHolder(spillFile()),
    open: (path) => openReport(workspace, path),
    isTracked: async (path) => isTracked(host, workspace, await realpath(resolve(workspace, path))),
    checkout: (path) => files.read(resolve(workspace, path)),
    base: baseReader(github),
    keptBaseline: kept.find,
    keepResult: kept.keep,
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

function githubOf(
  { env, log, signal }: Pick<ActionContext<never>, 'env' | 'log' | 'signal'>,
  token: string,
): RepositoryApi {
  const tell = (text: string): void => {
    log.line(text);
  };
  const server = { url: env.apiUrl, repository: env.repository, token };
  return repositoryApi(githubClient(server, { clock: systemClock, signal, tell }));
}

/** Reads files of the commit that a pull request or merge group goes into; null where the checkout itself decides. */
function baseReader(github: RepositoryApi): ScanTools['base'] {
  const { pull_request: pull, merge_group: group } = readEventPayload();
  if (pull === undefined && group === undefined) return null;
  const sha = pull?.base?.sha ?? group?.base_sha;
  if (sha === undefined)
    return () => Promise.reject(new Error('the event does not say which commit this goes into'));
  return (path) => github.textAt(path, sha);
}

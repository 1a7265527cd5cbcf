import type { CloneFacts } from '../operations/tags/read-clone';
import type { BakeFile } from '../domain/tags/bake-files';
import { readClone, readCloneTags } from '../operations/tags/read-clone';
import { systemClock } from '../platform/clock';
import { githubClient } from '../platform/github/github-client';
import { repositoryApi, type RepositoryApi } from '../platform/github/github-repository';
import { readEventPayload, type EventPayload } from '../platform/github/github-event';
import { localHost } from '../platform/local-host';
import type { ActionContext } from '../platform/github/run-action';
import { writeJobFiles } from '../platform/github/job-files';
import { readTagSettings, type TagSettings } from '../platform/github/tag-settings';

/** The runner as image-tags sees it: the event, the checkout, GitHub, the log, and room for files. */
export interface TagMachine {
  readonly payload: EventPayload;
  readonly settings: TagSettings;
  readonly clone: () => Promise<CloneFacts | null>;
  readonly cloneTags: () => Promise<readonly string[]>;
  readonly github: RepositoryApi;
  readonly tell: (text: string) => void;
  readonly warn: (text: string) => void;
  /** @returns paths by name; the files last as long as the job */
  readonly writeFiles: (
    texts: Readonly<Record<BakeFile, string>>,
  ) => Readonly<Record<BakeFile, string>>;
}

/** The machine that this process runs on. */
export function tagMachine(
  {
    env,
    log,
    signal,
    workspace,
  }: Pick<ActionContext<never>, 'env' | 'log' | 'signal' | 'workspace'>,
  token: string,
): TagMachine {
  const host = localHost();
  const tell = (text: string): void => {
    log.line(text);
  };
  const server = { url: env.apiUrl, repository: env.repository, token };
  let facts: Promise<CloneFacts | null> | undefined;
  return {
    payload: readEventPayload(),
    settings: readTagSettings(),
    clone: () => (facts ??= readClone(host, workspace)),
    cloneTags: () => readCloneTags(host, workspace),
    github: repositoryApi(githubClient(server, { clock: systemClock, signal, tell })),
    tell,
    warn: (text) => {
      log.warning(text);
    },
    writeFiles: (texts) => writeJobFiles('docker-metadata-action', texts),
  };
}

import type { CloneFacts } from '../operations/read-clone';
import type { BakeFile } from '../domain/tags/bake-files';
import { readClone, readCloneTags } from '../operations/read-clone';
import { githubClient } from '../platform/github-client';
import { repositoryApi, type RepositoryApi } from '../platform/github-repository';
import { readEventPayload, type EventPayload } from '../platform/github-event';
import { localHost } from '../platform/local-host';
import type { ActionContext } from '../platform/run-action';
import { writeJobFiles } from '../platform/job-files';
import { readTagSettings, type TagSettings } from '../platform/tag-settings';

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
  { env, log, workspace }: Pick<ActionContext<never>, 'env' | 'log' | 'workspace'>,
  token: string,
): TagMachine {
  const host = localHost();
  let facts: Promise<CloneFacts | null> | undefined;
  return {
    payload: readEventPayload(),
    settings: readTagSettings(),
    clone: () => (facts ??= readClone(host, workspace)),
    cloneTags: () => readCloneTags(host, workspace),
    github: repositoryApi(githubClient(token, env.apiUrl, env.repository)),
    tell: (text) => {
      log.line(text);
    },
    warn: (text) => {
      log.warning(text);
    },
    writeFiles: (texts) => writeJobFiles('docker-metadata-action', texts),
  };
}

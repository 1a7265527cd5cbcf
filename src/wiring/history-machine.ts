import { access, mkdir, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import { plainGit } from '../commands/git-history';
import type { RangeEvent } from '../domain/scan/secret-range';
import type { SecretTools } from '../operations/scan/secret-start';
import { localFiles } from '../platform/files';
import { filesWith } from '../platform/files-with';
import { readEventPayload, type EventPayload } from '../platform/github/github-event';
import type { GithubFacts } from '../platform/github/github-facts';
import type { ActionContext } from '../platform/github/run-action';
import { linkFolder } from '../platform/link-folder';
import { localHost } from '../platform/local-host';

const fetchTimeoutMs = 600_000;

export type HistoryMachine = Pick<SecretTools, 'history' | 'rangeEvent' | 'commentsCount'>;

/** The checkouts of this machine, and what the event says of their commits. @param variables what a program may see of the job's environment */
export function historyMachine(
  { env, log, mask }: Pick<ActionContext<never>, 'env' | 'log' | 'mask'>,
  token: string,
  variables: Readonly<Record<string, string>>,
): HistoryMachine {
  const git = localHost(plainGit, variables);
  return {
    rangeEvent: () => rangeEvent(env, readEventPayload()),
    commentsCount: !isYetToBeMerged(readEventPayload()),
    history: {
      git,
      fetcher: (url) =>
        localHost({ ...plainGit, ...authorization(url, { env, token, mask }) }, variables),
      read: (path) => localFiles().read(path),
      write: async (path, text) => {
        await mkdir(dirname(path), { recursive: true, mode: 0o700 });
        await writeFile(path, text, { mode: 0o600 });
      },
      linkFolder,
      filesWith: (folder, texts) => filesWith(git, folder, texts),
      exists: (path) =>
        access(path).then(
          () => true,
          () => false,
        ),
      tell: (text) => {
        log.line(text);
      },
      timeoutMs: fetchTimeoutMs,
    },
  };
}

interface Login {
  readonly env: GithubFacts;
  readonly token: string;
  readonly mask: (secret: string) => void;
}

/**
 * The token for GitHub, and for no other server, in variables: a command line is everybody's to read. The empty value takes away
 * what the checkout may have set: GitHub refuses two of them.
 */
function authorization(url: string, { env, token, mask }: Login): Record<string, string> {
  if (token === '' || !url.startsWith(`${env.serverUrl}/`)) return {};
  const login = Buffer.from(`x-access-token:${token}`).toString('base64');
  mask(login);
  const key = `http.${env.serverUrl}/.extraheader`;
  return {
    GIT_CONFIG_COUNT: '2',
    GIT_CONFIG_KEY_0: key,
    GIT_CONFIG_VALUE_0: '',
    GIT_CONFIG_KEY_1: key,
    GIT_CONFIG_VALUE_1: `Authorization: Basic ${login}`,
  };
}

const isYetToBeMerged = ({ pull_request: pull, merge_group: group }: EventPayload): boolean =>
  pull !== undefined || group !== undefined;

function rangeEvent(env: GithubFacts, payload: EventPayload): RangeEvent {
  const { pull_request: pull, merge_group: group } = payload;
  return {
    name: env.eventName,
    sha: env.sha,
    ref: env.ref,
    defaultBranch: payload.repository?.default_branch ?? null,
    before: payload.before ?? null,
    after: payload.after ?? null,
    deleted: payload.deleted === true,
    merge: isYetToBeMerged(payload)
      ? {
          base: pull?.base?.sha ?? group?.base_sha ?? null,
          head: pull?.head?.sha ?? group?.head_sha ?? null,
        }
      : null,
    followed: payload.workflow_run?.head_sha ?? null,
  };
}

import { headCommand, parseClone } from '../commands/git';
import type { ScannedCode } from '../domain/scan/analysed-commit';
import { systemClock } from '../platform/clock';
import { codeScanningApi } from '../platform/github/code-scanning';
import { githubClient } from '../platform/github/github-client';
import { readEventPayload } from '../platform/github/github-event';
import { pullCommentsApi } from '../platform/github/pull-comments';
import type { ActionContext } from '../platform/github/run-action';
import { localHost } from '../platform/local-host';
import { gzipBase64 } from '../platform/report-file';
import type { ShareTools } from '../transactions/scan/share-result';

type Context = Pick<ActionContext<never>, 'env' | 'log' | 'signal' | 'workspace'>;

/** GitHub as the place where findings are shown. */
export function shareMachine({ env, log, signal, workspace }: Context, token: string): ShareTools {
  const tell = (text: string): void => {
    log.line(text);
  };
  const clock = systemClock;
  const server = { url: env.apiUrl, repository: env.repository, token };
  const client = githubClient(server, { clock, signal, tell });
  const pull = pullOf();
  const code = async (): Promise<ScannedCode> => {
    const { eventName: event, ref, sha, repository } = env;
    return { event, ref, sha, repository, pull, head: await headOf(workspace) };
  };
  const comments = pull === null ? null : pullCommentsApi(client, pull.number);
  return {
    codeScanning: codeScanningApi(client),
    comments,
    code,
    clock,
    signal,
    tell,
    pack: gzipBase64,
  };
}

function pullOf(): ScannedCode['pull'] {
  const { number, pull_request: pull } = readEventPayload();
  if (number === undefined || pull?.head === undefined) return null;
  return { number, headSha: pull.head.sha, from: pull.head.repo?.full_name ?? null };
}

/** What is checked out; null where there is no git or no checkout. */
async function headOf(workspace: string): Promise<string | null> {
  const answer = await localHost()
    .exec(headCommand(workspace))
    .catch(() => null);
  return answer?.code === 0 ? (parseClone(answer.stdout, '')?.sha ?? null) : null;
}

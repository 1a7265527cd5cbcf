import type { CommitPayload } from '../domain/merge/judged-commit';
import { readGraph, type WorkflowGraph } from '../domain/merge/workflow-graph';
import { messageOf } from '../errors';
import { systemClock, type Clock } from '../platform/clock';
import { checksApi, type ChecksApi } from '../platform/github/github-checks';
import { githubClient } from '../platform/github/github-client';
import { readEventPayload } from '../platform/github/github-event';
import type { ActionContext } from '../platform/github/run-action';

/** The runner as merge-gate sees it: the event, GitHub, time, and the log. */
export interface GateMachine {
  readonly payload: CommitPayload;
  readonly github: ChecksApi;
  readonly clock: Clock;
  readonly signal: AbortSignal;
  readonly tell: (text: string) => void;
  /** What the jobs of this workflow need and ask for; null when nobody may read the file. */
  readonly graph: () => Promise<WorkflowGraph | null>;
}

/** The machine that this process runs on. */
export function gateMachine(
  { env, log, signal }: Pick<ActionContext<never>, 'env' | 'log' | 'signal'>,
  token: string,
): GateMachine {
  const tell = (text: string): void => {
    log.line(text);
  };
  const clock = systemClock;
  const server = { url: env.apiUrl, repository: env.repository, token };
  const github = checksApi(githubClient(server, { clock, signal, tell }));
  const graph = async (): Promise<WorkflowGraph | null> => {
    const path = /^[^/]+\/[^/]+\/(.+?)@/.exec(env.workflowRef)?.[1];
    if (path === undefined || env.workflowSha === '') return null;
    tell(
      `Reading ${path} of commit ${env.workflowSha.slice(0, 7)}: what its jobs need and ask for`,
    );
    try {
      return readGraph(await github.file(path, env.workflowSha));
    } catch (thrown) {
      signal.throwIfAborted();
      tell(`The workflow file is not known: ${messageOf(thrown)}`);
      return null;
    }
  };
  return { payload: readEventPayload(), github, clock, signal, tell, graph };
}

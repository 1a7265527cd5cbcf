import type { Check } from '../../domain/merge/judge-checks';
import { readGraph, type WorkflowGraph } from '../../domain/merge/workflow-graph';
import { messageOf } from '../../errors';
import { systemClock } from '../../platform/clock';
import { checksApi, type ChecksApi } from '../../platform/github-checks';
import { githubClient } from '../../platform/github-client';
import { readEventPayload } from '../../platform/github-event';
import type { ActionContext, RunResult } from '../../platform/run-action';
import { mergeSummary } from '../../report/merge-summary';
import { gateMerge, type GateRequest, type GateVerdict } from '../../transactions/gate-merge';
import type { contract } from './contract';
import { readRequest } from './read-request';

type Context = ActionContext<typeof contract.inputs>;
type Result = RunResult<typeof contract.outputs>;

/** From the results of jobs and checks to one verdict. */
export async function run(context: Context): Promise<Result> {
  const { inputs, env, log } = context;
  const github = checksApi(githubClient(inputs['github-token'], env.apiUrl, env.repository));
  const graph = await workflowGraph(context, github);
  const request = readRequest(inputs, env.job, graph);
  const ref = inputs.ref ?? headOf(env.sha);
  await tellStatus(context, github, ref, null);
  const verdict = await judge(context, github, request, ref);
  for (const { name, state, verdict: mark, why } of verdict.findings)
    log.line(
      `${mark === 'pass' ? '✓' : '✗'} ${name}: ${state.says}${why === '' ? '' : ` (${why})`}`,
    );
  verdict.notes.forEach((note) => {
    log.warning(note);
  });
  await tellStatus(context, github, ref, verdict);
  return resultOf(verdict);
}

async function judge(
  { inputs, env, log, signal }: Context,
  github: ChecksApi,
  request: GateRequest,
  ref: string,
): Promise<GateVerdict> {
  let own: number | null | undefined;
  const checks = async (): Promise<readonly Check[]> => {
    own ??= Number(inputs['check-run-id']) || (await github.ownCheckRun(env.runId, env.runnerName));
    const ownStatus = env.eventName === 'workflow_run' ? inputs['status-context'] : null;
    return (await github.checks(ref)).filter(({ kind, id, name }) =>
      kind === 'status' ? name !== ownStatus : id !== own,
    );
  };
  const tell = (text: string): void => {
    log.line(text);
  };
  return gateMerge(request, { checks, clock: systemClock, signal, tell });
}

/** The commit that is to be merged: of a pull request not the one that GitHub makes to test it. */
function headOf(sha: string): string {
  const { pull_request, merge_group, workflow_run } = readEventPayload();
  return pull_request?.head.sha ?? merge_group?.head_sha ?? workflow_run?.head_sha ?? sha;
}

/** What the jobs of this workflow need and ask for; null when nobody may read the file. */
async function workflowGraph(
  { env, log }: Context,
  github: ChecksApi,
): Promise<WorkflowGraph | null> {
  const path = /^[^/]+\/[^/]+\/(.+?)@/.exec(env.workflowRef)?.[1];
  if (path === undefined || env.workflowSha === '') return null;
  try {
    return readGraph(await github.file(path, env.workflowSha));
  } catch (thrown) {
    log.line(`The workflow file is not known: ${messageOf(thrown)}`);
    return null;
  }
}

/** On `workflow_run` the check of this job lands on the default branch: only a status reaches the commit. */
async function tellStatus(
  { inputs, env }: Context,
  github: ChecksApi,
  sha: string,
  verdict: GateVerdict | null,
): Promise<void> {
  if (env.eventName !== 'workflow_run') return;
  const state = verdict === null ? 'pending' : verdict.passed ? 'success' : 'failure';
  const bad =
    verdict?.findings.filter((one) => one.verdict !== 'pass').map(({ name }) => name) ?? [];
  const description = verdict === null ? 'judging' : verdict.passed ? 'all passed' : bad.join(', ');
  const url = env.runUrl ?? '';
  await github.setStatus(sha, { state, context: inputs['status-context'], description, url });
}

function resultOf(verdict: GateVerdict): Result {
  const { passed, findings, notes, timedOut } = verdict;
  const names = (...verdicts: readonly string[]): string[] =>
    findings.filter((one) => verdicts.includes(one.verdict)).map(({ name }) => name);
  const skipped = findings.filter(({ state }) => state.meaning === 'skip');
  return {
    outputs: {
      result: passed ? 'success' : 'failure',
      success: passed ? 'true' : 'false',
      failure: passed ? 'false' : 'true',
      failed: names('fail'),
      skipped: skipped.map(({ name }) => name),
      missing: names('missing', 'wait'),
      report: { passed, timedOut, notes: [...notes], findings: [...findings] },
    },
    summary: mergeSummary(verdict),
    exitCode: passed ? 0 : 1,
  };
}

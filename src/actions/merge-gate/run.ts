import type { Own } from '../../domain/merge/judge-checks';
import { judgedCommit } from '../../domain/merge/judged-commit';
import { checkNames } from '../../domain/merge/workflow-graph';
import type { ActionContext, RunResult } from '../../platform/github/run-action';
import { mergeSummary } from '../../report/merge-summary';
import { gateMerge, type GateRequest, type GateVerdict } from '../../transactions/merge/gate-merge';
import { reportToCommit, type TellCommit } from '../../transactions/merge/report-to-commit';
import { gateMachine, type GateMachine } from '../../wiring/gate-machine';
import type { contract } from './contract';
import { outputsOf } from './outputs';
import { readRequest } from './read-request';

type Context = ActionContext<typeof contract.inputs>;

/** From the results of jobs and checks to one verdict. */
export async function run(context: Context): Promise<RunResult<typeof contract.outputs>> {
  const { inputs, env, log } = context;
  const machine = gateMachine(context, inputs['github-token']);
  const request = readRequest(inputs, env.job, await machine.graph());
  const sha = needsCommit(context, request) ? await commitOf(context, machine) : '';
  const verdict = await reportToCommit(tellCommit(context, machine, sha), () =>
    gateMerge(request, {
      ...machine,
      checks: () => machine.github.checks(sha),
      own: ownOf(context, machine, request),
    }),
  );
  for (const { name, state, verdict: mark, why } of verdict.findings)
    log.line(
      `${mark === 'pass' ? '✓' : '✗'} ${name}: ${state.says}${why === '' ? '' : ` (${why})`}`,
    );
  verdict.notes.forEach((note) => {
    log.warning(note);
  });
  return resultOf(withLinks(verdict, env.runUrl), sha);
}

/** `needs` knows no pages: that of the run leads on to its jobs. */
function withLinks(verdict: GateVerdict, runUrl: string | null): GateVerdict {
  const findings = verdict.findings.map((finding) =>
    finding.kind === 'job' ? { ...finding, url: runUrl } : finding,
  );
  return { ...verdict, findings };
}

const onWorkflowRun = ({ env }: Context): boolean => env.eventName === 'workflow_run';

const needsCommit = (context: Context, { checks }: GateRequest): boolean =>
  checks !== null || onWorkflowRun(context);

/** In full: what moves on while the gate waits must not move what it judges. */
async function commitOf({ inputs, env, log }: Context, machine: GateMachine): Promise<string> {
  const ref = inputs.ref ?? judgedCommit(env.eventName, machine.payload, env.sha);
  const sha = /^[0-9a-f]{40}$/.test(ref) ? ref : await machine.github.commit(ref);
  log.line(`Judging the checks of commit ${sha}`);
  return sha;
}

function tellCommit(context: Context, { github }: GateMachine, sha: string): TellCommit {
  if (!onWorkflowRun(context)) return null;
  const { inputs, env } = context;
  const status = { context: inputs['status-context'], url: env.runUrl ?? '' };
  return (told) => github.setStatus(sha, { ...status, ...told });
}

function ownOf(
  context: Context,
  { github }: GateMachine,
  { jobs, jobRules }: GateRequest,
): () => Promise<Own> {
  const { inputs, env } = context;
  const run = Number(env.runId);
  const status = onWorkflowRun(context) ? inputs['status-context'] : null;
  const names = [...(jobs?.keys() ?? [])].map((job) => checkNames(jobRules.graph, job));
  const handed = (name: string): boolean => names.some((pattern) => pattern.test(name));
  let check: number | null = Number(inputs['check-run-id']) || null;
  return async () => {
    check ??= await github.ownCheckRun(run, env.runnerName);
    return { check, run, status, handed };
  };
}

function resultOf(verdict: GateVerdict, sha: string): RunResult<typeof contract.outputs> {
  return {
    outputs: outputsOf(verdict),
    summary: mergeSummary({ ...verdict, sha }),
    exitCode: verdict.passed ? 0 : 1,
  };
}

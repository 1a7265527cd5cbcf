import { judgeJobs, type Finding, type JobRules } from '../../domain/merge/judge-jobs';
import type { CheckRules } from '../../domain/merge/judge-checks';
import { gateRuns, type WorkflowGraph } from '../../domain/merge/workflow-graph';
import { ShiplockError } from '../../errors';
import type { CheckTools, Patience } from './wait-for-checks';
import { waitForChecks } from './wait-for-checks';

/** What a gate is to judge: the jobs that it needs, the checks of a commit, or both. */
export interface GateRequest {
  /** Results by job name; null = there are none to judge. */
  readonly jobs: ReadonlyMap<string, string> | null;
  readonly jobRules: JobRules;
  /** Name of the gate's own job. */
  readonly ownJob: string;
  /** null = the commit's checks are not asked for. */
  readonly checks: (Patience & { readonly rules: CheckRules }) | null;
  /** What was noticed about the request itself. */
  readonly notes: readonly string[];
}

export interface GateVerdict {
  readonly passed: boolean;
  readonly findings: readonly Finding[];
  readonly timedOut: boolean;
  /** What does not change the verdict and should be known. */
  readonly notes: readonly string[];
}

/** One verdict over jobs and checks. Throws a refusal for a gate that would be skipped when it is needed most. */
export async function gateMerge(request: GateRequest, tools: CheckTools): Promise<GateVerdict> {
  const { jobs, jobRules, ownJob, checks } = request;
  const notes = [...request.notes, ...checkGate(jobRules.graph, ownJob)];
  const judged = jobs === null ? [] : judgeJobs(jobs, jobRules);
  const hopeless = judged.some(({ verdict }) => verdict === 'fail') && checks?.failFast === true;
  const waited =
    checks === null || hopeless
      ? { findings: [], timedOut: false }
      : await waitForChecks(checks.rules, checks, tools);
  if (checks !== null && hopeless)
    notes.push('A job failed, so the checks of the commit were not looked at.');
  const findings = [...judged, ...waited.findings];
  const passed = findings.length > 0 && findings.every(({ verdict }) => verdict === 'pass');
  if (findings.length === 0)
    notes.push('There was nothing to judge, which is no pass: name checks in `required`.');
  return { passed, findings, timedOut: waited.timedOut, notes };
}

/** GitHub counts a skipped check as passed, so a gate must run whatever became of the others. */
function checkGate(graph: WorkflowGraph | null, ownJob: string): readonly string[] {
  if (graph === null)
    return [
      'The workflow file could not be read (`contents: read`): the lists alone decide about skips. See yourself that this job has `if: always()`: GitHub counts a skipped check as passed.',
    ];
  switch (gateRuns(graph, ownJob)) {
    case 'always':
      return [];
    case 'unknown':
      return [
        `The job \`${ownJob}\` is not in the workflow file: see yourself that it has \`if: always()\`, because GitHub counts a skipped check as passed.`,
      ];
    case 'unless-cancelled':
      return [
        'This job is skipped when the run is cancelled, and GitHub counts that as passed. Write `if: always()`.',
      ];
    case 'sometimes':
      throw new ShiplockError(
        `the job ${ownJob} does not always run (${describeCondition(graph, ownJob)}): when it is skipped, GitHub counts it as passed`,
        { hint: `Write in the job ${ownJob}: if: always()`, fault: 'user' },
      );
  }
}

function describeCondition(graph: WorkflowGraph, job: string): string {
  const condition = graph.get(job)?.condition ?? '';
  return condition === '' ? 'it has no `if`' : `if: ${condition}`;
}

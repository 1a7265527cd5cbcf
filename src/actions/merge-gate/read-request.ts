import type { InputsOf } from '../../contract/define-action';
import { refusal, type Problem } from '../../domain/problem';
import { readJobs } from '../../domain/merge/judge-jobs';
import { namePatterns, readLines, readNames, type NamePattern } from '../../domain/merge/names';
import type { WorkflowGraph } from '../../domain/merge/workflow-graph';
import type { GateRequest } from '../../transactions/merge/gate-merge';
import type { contract } from './contract';

type Inputs = InputsOf<typeof contract.inputs>;

/** What the inputs ask for; throws one refusal with everything that is wrong with them. */
export function readRequest(
  inputs: Inputs,
  ownJob: string,
  graph: WorkflowGraph | null,
): GateRequest {
  const problems: Problem[] = [];
  const patterns = (input: 'required' | 'ignored' | 'allowed-skips' | 'allowed-failures') => {
    const divide = input === 'required' || input === 'ignored' ? readLines : readNames;
    const read = namePatterns(divide(inputs[input]));
    const fix = 'correct it, or write a name or a glob';
    problems.push(...read.problems.map((says) => ({ path: `input ${input}`, says, fix })));
    return read.patterns;
  };
  const jobs = jobsOf(inputs, problems);
  const rules = {
    required: patterns('required'),
    ignored: patterns('ignored'),
    allowedSkips: patterns('allowed-skips'),
    allowedFailures: patterns('allowed-failures'),
  };
  const asked = rules.required.length > 0 || inputs.ref !== undefined;
  problems.push(...emptiness(inputs, jobs, asked), ...checkRunId(inputs));
  if (problems.length > 0) throw refusal('the inputs of this step', problems);
  const jobRules = {
    allowedFailures: namesAmong(jobs, rules.allowedFailures),
    allowedSkips: namesAmong(jobs, rules.allowedSkips),
    strictSkips: inputs['strict-skips'],
    passByCondition: inputs['skips-by-condition'] === 'pass',
    graph,
  };
  const checks = asked ? { rules, ...patience(inputs) } : null;
  return { jobs, jobRules, ownJob, checks, notes: strangers(inputs, jobs, asked) };
}

function jobsOf(inputs: Inputs, problems: Problem[]): GateRequest['jobs'] {
  if (inputs.jobs.trim() === '') return null;
  const jobs = readJobs(inputs.jobs);
  if (jobs === null)
    problems.push({
      path: 'input jobs',
      says: 'is not what `toJSON(needs)` gives',
      fix: 'write jobs: ${{ toJSON(needs) }}',
    });
  return jobs;
}

function patience(inputs: Inputs) {
  return {
    timeoutMs: inputs.timeout,
    intervalMs: Math.max(1000, inputs.interval),
    settleMs: inputs.settle,
    failFast: inputs['fail-fast'],
  };
}

function namesAmong(
  jobs: ReadonlyMap<string, string> | null,
  patterns: readonly NamePattern[],
): ReadonlySet<string> {
  return new Set(
    [...(jobs?.keys() ?? [])].filter((name) => patterns.some(({ fits }) => fits(name))),
  );
}

function emptiness(
  inputs: Inputs,
  jobs: ReadonlyMap<string, string> | null,
  asked: boolean,
): readonly Problem[] {
  if (asked || (jobs !== null && jobs.size > 0) || (jobs === null && inputs.jobs.trim() !== ''))
    return [];
  const says =
    jobs === null ? 'is not given, and neither is required' : 'holds no job: this job needs none';
  const fix =
    'list the jobs in `needs:` and write jobs: ${{ toJSON(needs) }}, or name checks in required';
  return [{ path: 'input jobs', says, fix }];
}

function checkRunId({ 'check-run-id': id }: Inputs): readonly Problem[] {
  if (/^\d*$/.test(id)) return [];
  const says = `is ${JSON.stringify(id)}, and no number`;
  return [{ path: 'input check-run-id', says, fix: 'leave it out' }];
}

/** A name that stands for no job is most likely a slip of the pen: what it was to allow fails. */
function strangers(
  inputs: Inputs,
  jobs: ReadonlyMap<string, string> | null,
  asked: boolean,
): readonly string[] {
  if (jobs === null || asked) return [];
  return (['allowed-failures', 'allowed-skips'] as const).flatMap((input) =>
    readNames(inputs[input])
      .filter((name) => !/[*/]/.test(name) && !jobs.has(name))
      .map(
        (name) =>
          `${input} names ${name}, which this job does not need; it needs ${[...jobs.keys()].join(', ')}`,
      ),
  );
}

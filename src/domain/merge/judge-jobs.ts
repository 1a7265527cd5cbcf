import { z } from 'zod';
import { parseJson } from '../json';
import { endedState, type State } from './states';
import { skipReason, type SkipReason } from './skip-reason';
import type { WorkflowGraph } from './workflow-graph';

const job = z.looseObject({ result: z.string() }).transform(({ result }) => result);
const needs = z.record(z.string(), z.union([job, z.string()]));

/** Results by job name, as `toJSON(needs)` gives them, or without the rest: `{"test": "success"}`; null when the text is something else. */
export function readJobs(text: string): ReadonlyMap<string, string> | null {
  const { data } = needs.safeParse(parseJson(text));
  return data === undefined ? null : new Map(Object.entries(data));
}

/** One thing that must hold, and whether it does. */
export interface Finding {
  readonly kind: 'job' | 'check' | 'status' | 'run';
  readonly name: string;
  /** Workflow and event of a check, or who set a status; '' for a job of this workflow. */
  readonly origin: string;
  readonly state: State;
  /** `missing`: it must be there and is not. */
  readonly verdict: 'pass' | 'fail' | 'wait' | 'missing';
  readonly why: string;
  readonly url: string | null;
}

export interface JobRules {
  readonly allowedFailures: ReadonlySet<string>;
  readonly allowedSkips: ReadonlySet<string>;
  /** A skip that comes from a failed or cancelled job fails, also where skips are allowed. */
  readonly strictSkips: boolean;
  /** A job that its own condition skipped passes. */
  readonly passByCondition: boolean;
  /** null = nobody could read the workflow file. */
  readonly graph: WorkflowGraph | null;
}

/** Judges the jobs that the gate needs: the verdicts of re-actors/alls-green, and stricter about skips where the graph is known. */
export function judgeJobs(
  results: ReadonlyMap<string, string>,
  rules: JobRules,
): readonly Finding[] {
  return [...results].map(([name, result]) => {
    const state = endedState(result);
    const judged = judge(name, result, results, rules);
    return { kind: 'job', name, origin: '', state, url: null, ...judged };
  });
}

type Judgement = Pick<Finding, 'verdict' | 'why'>;

function judge(
  name: string,
  result: string,
  results: ReadonlyMap<string, string>,
  { allowedFailures, allowedSkips, strictSkips, passByCondition, graph }: JobRules,
): Judgement {
  if (result === 'success') return { verdict: 'pass', why: '' };
  if (result !== 'skipped') {
    // A name in both lists must not fail, as in re-actors/alls-green 1.2.2.
    if (!allowedFailures.has(name) || allowedSkips.has(name)) return { verdict: 'fail', why: '' };
    return { verdict: 'pass', why: 'it may fail' };
  }
  const reason = graph === null ? null : skipReason(graph, name, results);
  const why = reason === null ? '' : describeSkip(name, reason);
  if (strictSkips && reason?.kind === 'dependency') return { verdict: 'fail', why };
  const allowed = allowedSkips.has(name) || allowedFailures.has(name);
  if (allowed)
    return { verdict: 'pass', why: [why, 'it may be skipped'].filter(Boolean).join('; ') };
  if (passByCondition && reason?.kind === 'condition') return { verdict: 'pass', why };
  return { verdict: 'fail', why };
}

function describeSkip(name: string, reason: SkipReason): string {
  switch (reason.kind) {
    case 'dependency':
      return `because ${reason.of} ended with ${reason.result}`;
    case 'condition':
      return `by ${reason.of === name ? 'its condition' : `the condition of ${reason.of}`}: ${reason.condition}`;
    case 'unexplained':
      return reason.of === null
        ? 'unexplained'
        : `unexplained: it needs ${reason.of}, which this gate does not need`;
  }
}

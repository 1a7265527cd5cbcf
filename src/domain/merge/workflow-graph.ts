import { parse } from 'yaml';
import { z } from 'zod';

const one = z.union([z.string().transform((name) => [name]), z.array(z.string())]);
const job = z.looseObject({
  needs: one.optional().catch(undefined),
  if: z.union([z.string(), z.boolean(), z.number()]).optional().catch(undefined),
});
const workflow = z.looseObject({ jobs: z.record(z.string(), z.unknown()) });

/** What a workflow file says of one job. */
export interface WorkflowJob {
  readonly needs: readonly string[];
  /** Its condition without `${{ }}`; '' = none. */
  readonly condition: string;
}
export type WorkflowGraph = ReadonlyMap<string, WorkflowJob>;

/** Reads the jobs of a workflow file; null when it is none. */
export function readGraph(text: string): WorkflowGraph | null {
  const data = readWorkflow(text);
  if (data === undefined) return null;
  const jobs = Object.entries(data.jobs).map(([name, value]) => {
    const read = job.safeParse(value).data;
    return [name, { needs: read?.needs ?? [], condition: conditionOf(read?.if) }] as const;
  });
  return new Map(jobs);
}

function readWorkflow(text: string): z.infer<typeof workflow> | undefined {
  try {
    return workflow.safeParse(parse(text)).data;
  } catch {
    return undefined;
  }
}

function conditionOf(text: string | boolean | number | undefined): string {
  const trimmed = String(text ?? '').trim();
  return /^\$\{\{(.*)\}\}$/s.exec(trimmed)?.[1]?.trim() ?? trimmed;
}

/** Why a job was skipped: what it needs did not succeed, or its own condition was not met. */
export type SkipReason =
  | { readonly kind: 'dependency'; readonly of: string; readonly result: string }
  | { readonly kind: 'condition'; readonly condition: string }
  | { readonly kind: 'unexplained' };

/** Conditions with one of these functions are asked also when a needed job did not succeed. */
const statusFunction = /\b(?:always|cancelled|failure)\s*\(/;

/**
 * Why a job was skipped, by the graph and what became of the others. A dependency that was itself skipped for a failure passes
 * that failure on. @param results by job name; a job that is not among them is not known
 */
export function skipReason(
  graph: WorkflowGraph,
  name: string,
  results: ReadonlyMap<string, string>,
  seen: ReadonlySet<string> = new Set(),
): SkipReason {
  const found = graph.get(name);
  if (found === undefined || seen.has(name)) return { kind: 'unexplained' };
  const asked = statusFunction.test(found.condition);
  const before = new Set([...seen, name]);
  const causes = found.needs.map((need) => causeOf(graph, need, results, before));
  const failed = causes.find((cause) => cause?.kind === 'dependency');
  if (!asked && failed) return failed;
  if (found.condition !== '') return { kind: 'condition', condition: found.condition };
  const skipped = causes.find((cause) => cause?.kind === 'condition');
  return skipped ?? { kind: 'unexplained' };
}

/** What a needed job hands on to those that need it; null when it succeeded. */
function causeOf(
  graph: WorkflowGraph,
  need: string,
  results: ReadonlyMap<string, string>,
  seen: ReadonlySet<string>,
): SkipReason | null {
  const result = results.get(need);
  if (result === 'success') return null;
  if (result === 'failure' || result === 'cancelled')
    return { kind: 'dependency', of: need, result };
  return skipReason(graph, need, results, seen);
}

/** Whether the gate itself runs whatever became of the others: `always`, `unless cancelled`, or only after successes. */
export function gateRuns(
  graph: WorkflowGraph,
  name: string,
): 'always' | 'unless-cancelled' | 'after-success' | 'unknown' {
  const found = graph.get(name);
  if (found === undefined) return 'unknown';
  if (/^always\s*\(\s*\)$/.test(found.condition)) return 'always';
  if (/^!\s*cancelled\s*\(\s*\)$/.test(found.condition)) return 'unless-cancelled';
  if (/\balways\s*\(\s*\)/.test(found.condition) && !/&&/.test(found.condition)) return 'always';
  return found.needs.length === 0 && found.condition === '' ? 'always' : 'after-success';
}

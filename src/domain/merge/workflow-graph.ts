import { parse } from 'yaml';
import { z } from 'zod';

const one = z.union([z.string().transform((name) => [name]), z.array(z.string())]);
const job = z.looseObject({
  name: z.string().optional().catch(undefined),
  needs: one.optional().catch(undefined),
  if: z.union([z.string(), z.boolean(), z.number()]).optional().catch(undefined),
});
const workflow = z.looseObject({ jobs: z.record(z.string(), z.unknown()) });

/** What a workflow file says of one job. */
export interface WorkflowJob {
  /** What its check is called; may hold expressions. null = as the job. */
  readonly title: string | null;
  readonly needs: readonly string[];
  /** Its condition without `${{ }}`; '' = none. */
  readonly condition: string;
}
export type WorkflowGraph = ReadonlyMap<string, WorkflowJob>;

/** Reads the jobs of a workflow file; null when it is none. */
export function readGraph(text: string): WorkflowGraph | null {
  const data = readWorkflow(text);
  if (data === undefined) return null;
  const jobs = Object.entries(data.jobs).map(([id, value]) => {
    const { name = null, needs = [], if: condition } = job.safeParse(value).data ?? {};
    return [id, { title: name, needs, condition: conditionOf(condition) }] as const;
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
  const inside = /^\$\{\{((?:(?!\}\}).)*)\}\}$/s.exec(trimmed)?.[1];
  return inside?.trim() ?? trimmed;
}

/** Fits the names of a job's checks: a matrix adds `(…)`, a called workflow ` / …`. */
export function checkNames(graph: WorkflowGraph | null, id: string): RegExp {
  const title = graph?.get(id)?.title ?? id;
  const parts = title.split(/\$\{\{.*?\}\}/s);
  const text = parts.map((part) => part.replaceAll(/[.*+?^${}()|[\]\\]/g, '\\$&')).join('.*');
  return new RegExp(`^${text}(?: \\(.*\\))?(?: / .*)?$`, 's');
}

/** Whether the gate itself runs whatever became of the others. */
export type GateRuns = 'always' | 'unless-cancelled' | 'sometimes' | 'unknown';

/** When the job `id` runs, by the workflow file. */
export function gateRuns(graph: WorkflowGraph, id: string): GateRuns {
  const found = graph.get(id);
  if (found === undefined) return 'unknown';
  const condition = found.condition.toLowerCase().replaceAll(/\s+/g, '');
  const either = condition.split('||');
  if (!condition.includes('&&') && either.includes('always()')) return 'always';
  const unlessCancelled = ['!cancelled()', 'success()||failure()', 'failure()||success()'];
  if (unlessCancelled.includes(condition)) return 'unless-cancelled';
  return found.needs.length === 0 && condition === '' ? 'always' : 'sometimes';
}

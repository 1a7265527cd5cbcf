import type { WorkflowGraph } from './workflow-graph';

/** Why a job was skipped. */
export type SkipReason =
  /** A job that it builds on failed or was cancelled. */
  | { readonly kind: 'dependency'; readonly of: string; readonly result: string }
  /** A condition was not met: its own, or that of a job that it builds on. */
  | { readonly kind: 'condition'; readonly of: string; readonly condition: string }
  /** @param of a job that it builds on, and whose result nobody knows; null = there is no such job */
  | { readonly kind: 'unexplained'; readonly of: string | null };

const unexplained: SkipReason = { kind: 'unexplained', of: null };

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
  if (found === undefined || seen.has(name)) return unexplained;
  const { needs, condition } = found;
  const before = new Set([...seen, name]);
  const causes = needs
    .filter((need) => looksAt(condition, need))
    .map((need) => causeOf(graph, need, results, before))
    .filter((cause) => cause !== null);
  const failed = causes.find((cause) => cause.kind === 'dependency' && counts(condition, cause));
  if (failed !== undefined) return failed;
  const own = { kind: 'condition', of: name, condition } as const;
  if (asksAnyway(condition)) return own;
  const first =
    causes.find(({ kind }) => kind === 'unexplained') ??
    causes.find(({ kind }) => kind === 'condition');
  return first ?? (condition === '' ? unexplained : own);
}

/** What a needed job hands on to those that need it; null when it succeeded. */
function causeOf(
  graph: WorkflowGraph,
  need: string,
  results: ReadonlyMap<string, string>,
  seen: ReadonlySet<string>,
): SkipReason | null {
  const result = results.get(need);
  switch (result) {
    case 'success':
      return null;
    case 'failure':
    case 'cancelled':
      return { kind: 'dependency', of: need, result };
    case 'skipped':
      return skipReason(graph, need, results, seen);
    default:
      return { kind: 'unexplained', of: need };
  }
}

/** Conditions with one of these functions are asked also when a needed job did not succeed. */
const asksAnyway = (condition: string): boolean =>
  /\b(?:always|cancelled|failure)\s*\(/i.test(condition);

/** Such a condition may still speak of what became of the others; then a failure of theirs is what it was skipped for. */
function looksAt(condition: string, need: string): boolean {
  if (!asksAnyway(condition) || /!\s*(?:failure|cancelled)\s*\(|\bsuccess\s*\(/i.test(condition))
    return true;
  const named = condition.replaceAll(/\[\s*'([^']*)'\s*\]/g, '.$1');
  return [...named.matchAll(/\bneeds\.([\w*-]+)/g)].some(([, of]) => of === need || of === '*');
}

function counts(condition: string, cause: SkipReason): boolean {
  if (!asksAnyway(condition) || cause.kind !== 'dependency') return true;
  if (/\bneeds\b|\bsuccess\s*\(/i.test(condition)) return true;
  const word = cause.result === 'cancelled' ? 'cancelled' : 'failure';
  return new RegExp(`!\\s*${word}\\s*\\(`, 'i').test(condition);
}

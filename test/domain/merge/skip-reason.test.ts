import { expect, test } from '@jest/globals';
import { skipReason } from '../../../src/domain/merge/skip-reason';
import { readGraph } from '../../../src/domain/merge/workflow-graph';

/** Why `last` was skipped: it needs `a` and `b`, and has this condition. */
function reasonOf(condition: string, results: Readonly<Record<string, string>>) {
  const jobs = { a: {}, b: {}, last: { needs: ['a', 'b'], if: condition } };
  const graph = readGraph(JSON.stringify({ jobs })) ?? new Map();
  const reason = skipReason(graph, 'last', new Map(Object.entries(results)));
  return reason.kind === 'dependency' ? `${reason.of} ${reason.result}` : reason.kind;
}

test.each([
  // Without a function of its own a condition is asked after successes only.
  ['', 'failure', 'success', 'a failure'],
  ["github.ref == 'x'", 'failure', 'success', 'a failure'],
  ["github.ref == 'x'", 'success', 'cancelled', 'b cancelled'],
  ["github.ref == 'x'", 'success', 'success', 'condition'],
  ["success() && github.ref == 'x'", 'failure', 'success', 'a failure'],
  // One that is asked in any case may still speak of the others.
  ["always() && github.ref == 'x'", 'failure', 'success', 'condition'],
  ["always() && needs.a.result == 'success'", 'failure', 'success', 'a failure'],
  ["always() && needs['a'].result == 'success'", 'cancelled', 'success', 'a cancelled'],
  ["always() && needs.a.result == 'success'", 'success', 'failure', 'condition'],
  ["always() && !contains(needs.*.result, 'failure')", 'success', 'failure', 'b failure'],
  ['!failure() && !cancelled()', 'failure', 'success', 'a failure'],
  ['!failure() && !cancelled()', 'cancelled', 'success', 'a cancelled'],
  ["!cancelled() && github.ref == 'x'", 'failure', 'success', 'condition'],
  ["!cancelled() && github.ref == 'x'", 'success', 'cancelled', 'b cancelled'],
  // What runs after failures is skipped when there is none.
  ['failure()', 'success', 'success', 'condition'],
  ['cancelled()', 'failure', 'success', 'condition'],
  ['', 'success', 'success', 'unexplained'],
  ['', 'success', 'unknown', 'unexplained'],
])('if: %s, a: %s, b: %s → %s', (condition, a, b, why) => {
  expect(reasonOf(condition, { a, b })).toBe(why);
});

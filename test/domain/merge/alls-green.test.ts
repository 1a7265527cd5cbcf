import { describe, expect, test } from '@jest/globals';
import { judgeJobs, readJobs } from '../../../src/domain/merge/judge-jobs';
import { namePatterns, readNames } from '../../../src/domain/merge/names';

/** The verdict over all jobs, by lists as they stand in a workflow. */
function verdict(results: Readonly<Record<string, string>>, failures: string, skips: string) {
  const needs = Object.entries(results).map(([name, result]) => [name, { result, outputs: {} }]);
  const jobs = readJobs(JSON.stringify(Object.fromEntries(needs))) ?? new Map<string, string>();
  const named = (text: string) => {
    const { patterns } = namePatterns(readNames(text));
    return new Set([...jobs.keys()].filter((name) => patterns.some(({ fits }) => fits(name))));
  };
  const findings = judgeJobs(jobs, {
    allowedFailures: named(failures),
    allowedSkips: named(skips),
    strictSkips: false,
    passByCondition: false,
    graph: null,
  });
  return findings.every((one) => one.verdict === 'pass') ? 'success' : 'failure';
}

const ends = ['success', 'failure', 'cancelled', 'skipped'] as const;
type Row = readonly [failures: string, skips: string, ...verdicts: readonly string[]];

// What re-actors/alls-green 1.2.2 says of a job `a` that ended in each of the four ways.
describe('the verdict of re-actors/alls-green', () => {
  test.each<Row>([
    ['', '', 'success', 'failure', 'failure', 'failure'],
    ['a', '', 'success', 'success', 'success', 'success'],
    ['', 'a', 'success', 'failure', 'failure', 'success'],
    ['a', 'a', 'success', 'failure', 'failure', 'success'],
    ['b', 'b', 'success', 'failure', 'failure', 'failure'],
    ['a, b', '', 'success', 'success', 'success', 'success'],
    ['b,a', '', 'success', 'success', 'success', 'success'],
    ['["a"]', '', 'success', 'success', 'success', 'success'],
    ['["b", "a"]', '', 'success', 'success', 'success', 'success'],
    ['[]', '', 'success', 'failure', 'failure', 'failure'],
    ['""', '', 'success', 'failure', 'failure', 'failure'],
    [' a ', '', 'success', 'success', 'success', 'success'],
    ['a,', ',', 'success', 'success', 'success', 'success'],
    ['', '["a"]', 'success', 'failure', 'failure', 'success'],
    ['', 'b, a', 'success', 'failure', 'failure', 'success'],
    ['aa', 'aa', 'success', 'failure', 'failure', 'failure'],
    // Beyond it: one a line.
    ['b\na', '', 'success', 'success', 'success', 'success'],
    ['', 'b\n# no\na', 'success', 'failure', 'failure', 'success'],
  ])('allowed-failures %j, allowed-skips %j', (failures, skips, ...verdicts) => {
    expect(ends.map((result) => verdict({ a: result, b: 'success' }, failures, skips))).toEqual(
      verdicts,
    );
  });

  test('is one over all jobs', () => {
    expect(verdict({ a: 'failure', b: 'skipped', c: 'success' }, 'a', 'b')).toBe('success');
    expect(verdict({ a: 'failure', b: 'skipped', c: 'success' }, 'b', 'a')).toBe('failure');
    expect(verdict({ a: 'success', b: 'success', c: 'cancelled' }, 'a', 'b')).toBe('failure');
  });

  test('over a result that nobody knows is a failure', () => {
    expect(verdict({ a: 'something-new' }, '', 'a')).toBe('failure');
  });
});

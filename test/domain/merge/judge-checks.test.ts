import { describe, expect, test } from '@jest/globals';
import { judgeChecks, type Check } from '../../../src/domain/merge/judge-checks';
import { namePatterns, readNames } from '../../../src/domain/merge/names';
import { checkState, statusState } from '../../../src/domain/merge/states';
import { gateRuns, readGraph } from '../../../src/domain/merge/workflow-graph';

let id = 0;
function check(name: string, conclusion: string | null, more: Partial<Check> = {}): Check {
  id += 1;
  const state = checkState(conclusion === null ? 'in_progress' : 'completed', conclusion);
  return {
    kind: 'check',
    id,
    name,
    app: 'github-actions',
    workflow: 'CI',
    event: 'push',
    startedAt: id,
    url: null,
    state,
    ...more,
  };
}

const patterns = (text: string) => namePatterns(readNames(text)).patterns;
function judge(
  checks: readonly Check[],
  rules: Partial<Record<'required' | 'ignored' | 'skips' | 'failures', string>> = {},
) {
  const findings = judgeChecks(checks, {
    required: patterns(rules.required ?? ''),
    ignored: patterns(rules.ignored ?? ''),
    allowedSkips: patterns(rules.skips ?? ''),
    allowedFailures: patterns(rules.failures ?? ''),
  });
  return findings.map(({ name, verdict, state }) => `${name}: ${verdict} (${state.says})`);
}

describe('every end of a check has a name and a meaning', () => {
  test.each([
    ['completed', 'success', 'pass', 'success'],
    ['completed', 'neutral', 'pass', 'neutral'],
    ['completed', 'skipped', 'fail', 'skipped'],
    ['completed', 'failure', 'fail', 'failure'],
    ['completed', 'cancelled', 'fail', 'cancelled'],
    ['completed', 'timed_out', 'fail', 'timed out'],
    ['completed', 'action_required', 'fail', 'waits for somebody to act'],
    ['completed', 'stale', 'fail', 'stale: GitHub gave it up after 14 days'],
    ['completed', 'startup_failure', 'fail', 'startup failure: its workflow could not start'],
    ['completed', 'invented', 'fail', 'unknown result invented'],
    ['completed', null, 'fail', 'unknown result no conclusion'],
    ['waiting', null, 'fail', 'waits for an approval'],
    ['queued', null, 'wait', 'queued'],
    ['in_progress', null, 'wait', 'in progress'],
    ['pending', null, 'wait', 'pending'],
  ])('%s, %s → %s', (status, conclusion, verdict, says) => {
    expect(judge([check('a', 'success', { state: checkState(status, conclusion) })])).toEqual([
      `a: ${verdict} (${says})`,
    ]);
  });

  test.each([
    ['success', 'pass'],
    ['pending', 'wait'],
    ['failure', 'fail'],
    ['error', 'fail'],
  ])('a status %s → %s', (state, verdict) => {
    expect(judge([check('a', null, { kind: 'status', state: statusState(state) })])[0]).toContain(
      `a: ${verdict}`,
    );
  });
});

describe('what counts', () => {
  test('is the latest attempt of each', () => {
    expect(judge([check('a', 'failure'), check('a', 'success')])).toEqual(['a: pass (success)']);
    expect(judge([check('a', 'success', { startedAt: 9e9 }), check('a', 'failure')])).toEqual([
      'a: pass (success)',
    ]);
  });

  test('is told apart by workflow, event and app: one name does not hide another', () => {
    const same = [
      check('build', 'failure', { workflow: 'CI' }),
      check('build', 'success', { workflow: 'Nightly' }),
      check('build', 'success', { event: 'pull_request' }),
      check('build', 'success', { app: 'other', workflow: '' }),
      check('build', 'success', { kind: 'status' }),
    ];
    expect(judge(same).filter((text) => text.includes('fail'))).toHaveLength(1);
    expect(judge(same)).toHaveLength(5);
  });

  test('is nothing that is ignored, and everything else that appears', () => {
    const checks = [check('coverage/patch', 'failure'), check('new', 'failure')];
    expect(judge(checks, { ignored: 'coverage/*' })).toEqual(['new: fail (failure)']);
  });

  test('must have been seen when it is required', () => {
    const seen = [check('test (ubuntu, 20)', 'success')];
    expect(judge(seen, { required: 'test (*)\nbuild\n/^lint/' })).toEqual([
      'test (ubuntu, 20): pass (success)',
      'build: missing (not seen)',
      '/^lint/: missing (not seen)',
    ]);
  });

  test('may be skipped or fail only where that is allowed', () => {
    const checks = [check('a', 'skipped'), check('b', 'failure')];
    expect(judge(checks, { skips: 'a', failures: 'b' })).toEqual([
      'a: pass (skipped)',
      'b: pass (failure)',
    ]);
    expect(judge(checks, { skips: 'b', failures: 'a' })).toEqual([
      'a: fail (skipped)',
      'b: fail (failure)',
    ]);
  });
});

describe('names', () => {
  test.each([
    ['', []],
    ['a, b', ['a', 'b']],
    ['a\n# no\n b ', ['a', 'b']],
    ['["a", "b, c"]', ['a', 'b, c']],
    ['"a"', ['a']],
    ['/a,b/', ['/a,b/']],
  ])('%j', (text, names) => {
    expect(readNames(text)).toEqual(names);
  });

  test('that are no regular expression are told', () => {
    expect(namePatterns(['/(/', 'a(b']).problems).toEqual(['/(/ is no regular expression']);
  });

  test('with characters of patterns in them are exact', () => {
    const [exact, glob] = namePatterns(['a.b', 'a.*']).patterns;
    expect([exact?.fits('a.b'), exact?.fits('axb'), glob?.fits('a.x'), glob?.fits('axx')]).toEqual([
      true,
      false,
      true,
      false,
    ]);
  });
});

describe('the gate itself', () => {
  test.each([
    ['always()', 'always'],
    ['${{ always() }}', 'always'],
    ['!cancelled()', 'unless-cancelled'],
    ['${{ !cancelled() }}', 'unless-cancelled'],
    ['success()', 'after-success'],
    ["github.actor == 'x'", 'after-success'],
    ["always() && github.actor == 'x'", 'after-success'],
  ])('with if: %s runs %s', (condition, runs) => {
    const graph = readGraph(JSON.stringify({ jobs: { gate: { needs: 'a', if: condition } } }));
    expect(graph === null ? null : gateRuns(graph, 'gate')).toBe(runs);
  });

  test('without a condition runs only after successes', () => {
    const graph = readGraph('jobs: { gate: { needs: [a] }, alone: {} }');
    expect([graph && gateRuns(graph, 'gate'), graph && gateRuns(graph, 'alone')]).toEqual([
      'after-success',
      'always',
    ]);
  });

  test.each(['', '{', 'jobs: 1', '- a'])('in a file that is none (%j) is not known', (text) => {
    expect(readGraph(text)).toBeNull();
  });
});

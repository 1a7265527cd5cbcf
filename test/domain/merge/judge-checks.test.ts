import { describe, expect, test } from '@jest/globals';
import {
  hidesItself,
  judgeChecks,
  type Check,
  type CheckWorkflow,
  type Own,
} from '../../../src/domain/merge/judge-checks';
import { namePatterns, readLines, readNames } from '../../../src/domain/merge/names';
import { checkState, statusState } from '../../../src/domain/merge/states';
import { checkNames, gateRuns, readGraph } from '../../../src/domain/merge/workflow-graph';

const workflow: CheckWorkflow = { name: 'CI', path: 'ci.yml', event: 'push', run: 7 };

let id = 100;
function check(name: string, conclusion: string | null, more: Partial<Check> = {}): Check {
  id += 1;
  const state = checkState(conclusion === null ? 'in_progress' : 'completed', conclusion);
  const app = 'github-actions';
  return { kind: 'check', id, name, app, workflow, url: null, state, ...more };
}

/** A workflow's run as it is listed beside the checks. */
function runOf(
  of: Partial<CheckWorkflow>,
  status: string,
  conclusion: string | null = null,
): Check {
  const its = { ...workflow, ...of };
  return check(its.name, null, {
    kind: 'run',
    id: its.run,
    workflow: its,
    state: checkState(status, conclusion),
  });
}

const nobody: Own = { check: 1, run: 1, status: null, handed: () => false };

const patterns = (text: string) => namePatterns(readLines(text)).patterns;
function judge(
  checks: readonly Check[],
  rules: Partial<Record<'required' | 'ignored' | 'skips' | 'failures', string>> = {},
  own: Partial<Own> = {},
  inTime = true,
) {
  const asked = {
    required: patterns(rules.required ?? ''),
    ignored: patterns(rules.ignored ?? ''),
    allowedSkips: patterns(rules.skips ?? ''),
    allowedFailures: patterns(rules.failures ?? ''),
  };
  const findings = judgeChecks(checks, asked, { ...nobody, ...own }, inTime);
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
    ['completed', 'action_required', 'fail', 'action required'],
    ['completed', 'stale', 'fail', 'stale'],
    ['completed', 'startup_failure', 'fail', 'startup failure'],
    ['completed', 'invented', 'fail', 'unknown result invented'],
    ['completed', 'constructor', 'fail', 'unknown result constructor'],
    ['completed', null, 'fail', 'unknown result no conclusion'],
    ['action_required', null, 'fail', 'action required'],
    ['requested', null, 'wait', 'requested'],
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
    const [first, second] = [check('a', 'failure'), check('a', 'success')];
    expect(judge([first, second])).toEqual(['a: pass (success)']);
    expect(judge([second, first])).toEqual(['a: pass (success)']);
  });

  test('is told apart by workflow file, event and app: one name does not hide another', () => {
    const same = [
      check('build', 'failure'),
      check('build', 'success', { workflow: { ...workflow, path: 'nightly.yml' } }),
      check('build', 'success', { workflow: { ...workflow, event: 'pull_request' } }),
      check('build', 'success', { app: 'other', workflow: null }),
      check('build', 'success', { kind: 'status', workflow: null }),
    ];
    expect(judge(same).filter((text) => text.includes('fail'))).toHaveLength(1);
    expect(judge(same)).toHaveLength(5);
  });

  test('is a run of a workflow as long as it has no check: it may never get one', () => {
    const other = { path: 'broken.yml', name: 'Broken', run: 8 };
    expect(judge([check('a', 'success'), runOf({}, 'in_progress')])).toEqual(['a: pass (success)']);
    expect(judge([runOf(other, 'completed', 'startup_failure')])).toEqual([
      'Broken: fail (startup failure)',
    ]);
    expect(judge([runOf(other, 'completed', 'action_required')])).toEqual([
      'Broken: fail (action required)',
    ]);
    expect(judge([runOf(other, 'queued')])).toEqual(['Broken: wait (queued)']);
  });

  test('is no run that a later one has replaced', () => {
    const runs = [runOf({ run: 8 }, 'completed', 'cancelled'), runOf({ run: 9 }, 'in_progress')];
    const job = check('a', 'success', { workflow: { ...workflow, run: 9 } });
    expect(judge([...runs, job])).toEqual(['a: pass (success)']);
  });

  test('is not the gate: neither its check, nor its run, nor its status', () => {
    const gate = check('gate', null, { id: 11 });
    const status = check('merge-gate', null, { kind: 'status', workflow: null });
    const own = { check: 11, run: 7, status: 'merge-gate' };
    expect(judge([gate, runOf({}, 'in_progress'), status], {}, own)).toEqual([]);
    expect(hidesItself({ ...nobody, run: 7, check: null }, [gate])).toBe(true);
    expect(hidesItself({ ...nobody, run: 9, check: null }, [gate])).toBe(false);
  });

  test('is not the same gate in the run of another event: each would wait for the other', () => {
    const pull = { ...workflow, event: 'pull_request', run: 8 };
    const checks = [
      check('gate', null, { id: 11 }),
      check('gate', null, { workflow: pull }),
      check('gate', 'failure', { workflow: { ...workflow, path: 'other.yml', run: 9 } }),
      check('build', 'success', { workflow: pull }),
    ];
    expect(judge(checks, {}, { check: 11, run: 7 })).toEqual([
      'gate: fail (failure)',
      'build: pass (success)',
    ]);
  });

  test('is no job whose result the gate was handed, but it has been seen', () => {
    const own = { run: 7, handed: (name: string) => name === 'docs' };
    const checks = [check('docs', 'skipped'), check('docs', 'failure', { workflow: null })];
    expect(judge(checks, { required: 'docs' }, own)).toEqual(['docs: fail (failure)']);
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

  test('that is still open when the time is over has a reason', () => {
    const open = [check('a', null), check('b', null, { state: checkState('queued', null) })];
    const rules = { required: [], ignored: [], allowedSkips: [], allowedFailures: [] };
    expect(judgeChecks(open, rules, nobody, false).map(({ why }) => why)).toEqual([
      'it had not ended when the time was over',
      'it never started',
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
    ['[]', []],
    ['12', ['12']],
    ['/a,b/', ['/a,b/']],
  ])('%j', (text, names) => {
    expect(readNames(text)).toEqual(names);
  });

  test('of checks stand one in a line, commas and all', () => {
    expect(readLines('test (ubuntu, 20)\n# no\n\n/a,b/')).toEqual(['test (ubuntu, 20)', '/a,b/']);
    expect(readLines('["a"]')).toEqual(['a']);
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
    ['Always( )', 'always'],
    ['always() || failure()', 'always'],
    ['success() || failure()', 'unless-cancelled'],
    ['success()', 'sometimes'],
    ['failure()', 'sometimes'],
    ['true', 'sometimes'],
    ["github.actor == 'x'", 'sometimes'],
    ["always() && github.actor == 'x'", 'sometimes'],
    ["${{ always() }} && ${{ github.actor == 'x' }}", 'sometimes'],
  ])('with if: %s runs %s', (condition, runs) => {
    const graph = readGraph(JSON.stringify({ jobs: { gate: { needs: 'a', if: condition } } }));
    expect(graph === null ? null : gateRuns(graph, 'gate')).toBe(runs);
  });

  test('without a condition runs only after successes', () => {
    const graph = readGraph('jobs: { gate: { needs: [a] }, alone: {} }');
    expect([graph && gateRuns(graph, 'gate'), graph && gateRuns(graph, 'alone')]).toEqual([
      'sometimes',
      'always',
    ]);
  });

  test.each(['', '{', 'jobs: 1', '- a'])('in a file that is none (%j) is not known', (text) => {
    expect(readGraph(text)).toBeNull();
  });
});

describe('the checks of a job', () => {
  const graph = readGraph(
    'jobs: { a: {}, b: { name: Build it }, c: { name: "t (${{ matrix.os }})" } }',
  );
  test.each([
    ['a', 'a', true],
    ['a', 'a (ubuntu, 20)', true],
    ['a', 'a / inner (x)', true],
    ['a', 'ab', false],
    ['b', 'Build it', true],
    ['b', 'b', false],
    ['c', 't (ubuntu)', true],
    ['c', 't', false],
    ['gone', 'gone', true],
  ])('of %s: %s %p', (job, name, is) => {
    expect(checkNames(graph, job).test(name)).toBe(is);
  });
});

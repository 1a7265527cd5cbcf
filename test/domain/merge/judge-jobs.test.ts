import { describe, expect, test } from '@jest/globals';
import { judgeJobs, readJobs, type JobRules } from '../../../src/domain/merge/judge-jobs';
import { readGraph } from '../../../src/domain/merge/workflow-graph';

const workflow = `
on: push
jobs:
  lint: { runs-on: x }
  test: { runs-on: x, needs: lint }
  docs: { runs-on: x, if: "github.event_name == 'push'" }
  pages: { runs-on: x, needs: docs }
  deploy: { runs-on: x, needs: [test, docs], if: "\${{ github.ref == 'refs/heads/main' }}" }
  report: { runs-on: x, needs: test, if: "always() && github.actor != 'x'" }
  gate: { runs-on: x, needs: [lint, test, docs, pages, deploy, report], if: always() }
`;
const graph = readGraph(workflow);

function judge(
  results: Readonly<Record<string, string>>,
  changes: Partial<Record<'failures' | 'skips', string[]>> & Partial<JobRules> = {},
) {
  const { failures = [], skips = [], ...rules } = changes;
  const findings = judgeJobs(new Map(Object.entries(results)), {
    allowedFailures: new Set(failures),
    allowedSkips: new Set(skips),
    strictSkips: true,
    passByCondition: false,
    graph,
    ...rules,
  });
  return Object.fromEntries(
    findings.map(({ name, verdict, why }) => [name, why === '' ? verdict : `${verdict}: ${why}`]),
  );
}

describe('a skip', () => {
  test('that comes from a failed job fails, also where skips are allowed', () => {
    const results = { lint: 'failure', test: 'skipped' };
    expect(judge(results, { skips: ['test'] })).toEqual({
      lint: 'fail',
      test: 'fail: because lint ended with failure',
    });
    expect(judge(results, { skips: ['test'], strictSkips: false })).toMatchObject({
      test: 'pass: because lint ended with failure; it may be skipped',
    });
  });

  test('is passed on over jobs that were skipped for it', () => {
    const results = { lint: 'cancelled', test: 'skipped', docs: 'success', deploy: 'skipped' };
    expect(judge(results, { skips: ['test', 'deploy'] })).toMatchObject({
      deploy: 'fail: because lint ended with cancelled',
    });
  });

  test('by its own condition is named, and passes when it is so wanted', () => {
    const results = { docs: 'skipped', pages: 'skipped' };
    const why = "by its condition: github.event_name == 'push'";
    const for_ = "by the condition of docs: github.event_name == 'push'";
    expect(judge(results)).toEqual({ docs: `fail: ${why}`, pages: `fail: ${for_}` });
    expect(judge(results, { passByCondition: true })).toEqual({
      docs: `pass: ${why}`,
      pages: `pass: ${for_}`,
    });
  });

  test('of a job that is asked also after failures is its own condition', () => {
    const results = { lint: 'failure', test: 'skipped', report: 'skipped' };
    expect(judge(results, { passByCondition: true })).toMatchObject({
      report: "pass: by its condition: always() && github.actor != 'x'",
    });
  });

  test('of a job that the file does not have is unexplained', () => {
    expect(judge({ stranger: 'skipped' }, { passByCondition: true })).toEqual({
      stranger: 'fail: unexplained',
    });
  });

  test('behind a job whose result nobody told is unexplained, and passes for no condition', () => {
    expect(judge({ deploy: 'skipped', docs: 'skipped' }, { passByCondition: true })).toMatchObject({
      deploy: 'fail: unexplained: it needs test, which this gate does not need',
    });
  });

  test('in a circle of needs ends', () => {
    const circle = readGraph('jobs:\n  a: { needs: b }\n  b: { needs: a }\n');
    expect(judge({ a: 'skipped', b: 'skipped' }, { graph: circle })).toMatchObject({
      a: 'fail: unexplained',
    });
  });
});

describe('jobs', () => {
  test('are what toJSON(needs) gives, outputs left alone', () => {
    const text = JSON.stringify({ a: { result: 'success', outputs: { x: '$(id)' } } });
    expect(readJobs(text)).toEqual(new Map([['a', 'success']]));
  });

  test('may be results alone', () => {
    expect(readJobs('{"a":"success"}')).toEqual(new Map([['a', 'success']]));
  });

  test.each(['', 'null', '[]', '{"a":null}', '{"a":{}}', '{"a":{"result":1}}', 'needs'])(
    'are not %j',
    (text) => {
      expect(readJobs(text)).toBeNull();
    },
  );

  test('of two megabytes are read', () => {
    const many = Object.fromEntries(
      Array.from({ length: 20_000 }, (_, index) => [
        `job-${index}`,
        { result: 'success', outputs: { text: 'x'.repeat(60) } },
      ]),
    );
    expect(readJobs(JSON.stringify(many))?.size).toBe(20_000);
  });
});

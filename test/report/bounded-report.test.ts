import { describe, expect, test } from '@jest/globals';
import { deployReport, type DeployReport } from '../../src/report/deploy-report';
import { boundedReport, reportBytes } from '../../src/report/bounded-report';
import { badOutcome, returnedReport, sampleHost, sampleReport } from './sample-report';

const jsonOf = (report: DeployReport) => JSON.stringify(boundedReport(report));
const read = (json: string) => deployReport.parse(JSON.parse(json));
const sizeOf = (json: string) => new TextEncoder().encode(json).length;

describe('the output `report`', () => {
  const huge = '😀"\\'.repeat(20_000);
  const outcome = {
    ...badOutcome,
    reason: huge,
    hint: huge,
    warnings: Array<string>(500).fill(huge),
    logs: Array.from({ length: 6 }, () => ({
      container: huge,
      lines: Array<string>(60).fill(huge),
    })),
    transcript: Array.from({ length: 200 }, () => ({
      atMs: 1,
      target: huge,
      ok: false,
      said: huge,
    })),
  };
  const host = sampleHost({ verdict: 'failed', outcome, warnings: [huge] });
  const problems = Array.from({ length: 300 }, () => ({ what: huge, fix: huge }));
  const dryRun = Array.from({ length: 90 }, () => ({
    host: 'a',
    steps: Array.from({ length: 90 }, () => ({ step: huge, text: huge })),
    changes: [{ title: 'compose', lines: Array<string>(90).fill(huge) }],
  }));

  test.each<[string, Partial<DeployReport>]>([
    ['one host that said too much', { hosts: [host] }],
    ['forty of them', { hosts: Array<typeof host>(40).fill(host) }],
    ['three hundred problems', { hosts: [], problems }],
    ['a plan without end', { hosts: [], dryRun }],
    [
      'all at once',
      {
        hosts: Array<typeof host>(40).fill(host),
        problems,
        dryRun,
        failure: { reason: huge, hint: huge },
      },
    ],
  ])('stays valid and small: %s', (_, changes) => {
    const json = jsonOf(sampleReport({ verdict: 'failed', ...changes }));
    expect(sizeOf(json)).toBeLessThanOrEqual(reportBytes);
    expect(read(json).verdict).toBe('failed');
  });

  test('keeps an ordinary report whole, but for the outcome that stands there twice', () => {
    const report = returnedReport();
    expect(read(jsonOf(report))).toEqual(report);
  });

  test('keeps at most the last twenty lines of a container', () => {
    const lines = Array.from({ length: 100 }, (_, index) => `line ${index}`);
    const report = returnedReport({ logs: [{ container: 'c', lines }] });
    const kept = read(jsonOf(report)).hosts[0]?.outcome?.logs[0]?.lines;
    expect(kept).toEqual(lines.slice(-20));
  });
});

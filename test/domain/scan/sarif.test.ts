import { execFile } from 'node:child_process';
import { chmodSync, cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { Ajv2020 } from 'ajv/dist/2020';
import { afterAll, describe, expect, test } from '@jest/globals';
import { countFindings } from '../../../src/domain/scan/counts';
import { findingClasses } from '../../../src/domain/scan/finding';
import { resultJson } from '../../../src/domain/scan/result-json';
import { sarifLimits, toSarif, uriOf } from '../../../src/domain/scan/sarif';
import { readScanResult } from '../../../src/commands/reports/scan-result';
import { fitSarif } from '../../../src/transactions/scan/fit-sarif';
import { chunksOf } from '../../support/scan-samples';
import { finding, ignore, judge } from '../../support/scan-judgement';

const multitool = dirname(
  createRequire(import.meta.url).resolve('@microsoft/sarif-multitool-linux/package.json'),
);
const schema = JSON.parse(readFileSync(join(multitool, 'sarif-2.1.0.json'), 'utf8')) as object;
const isSarif = new Ajv2020({ strict: false, validateFormats: false, logger: false }).compile(
  schema,
);
const folder = mkdtempSync(join(tmpdir(), 'shiplock-sarif-'));
afterAll(() => {
  rmSync(folder, { recursive: true });
});

const options = { category: 'scan-gate', maxResults: sarifLimits.results as number };
const image = {
  image: 'registry.example.com/shop',
  architecture: 'linux-arm64',
  version: '0.76.0',
};
const hostile = '</script>\u0000\ud800 ::error::x `|@octocat';
const all = judge(
  [
    finding({
      severity: 'critical',
      score: 9.8,
      rule: { url: 'https://example.com/CVE-2026-1' },
      package: {},
    }),
    finding({
      severity: 'unknown',
      rule: { id: hostile, title: hostile.repeat(300) },
      target: `../${hostile}/a b%.c`,
      package: { name: hostile },
    }),
    finding({
      class: 'secret',
      rule: { id: 'AWS', title: 'Secret of AWS' },
      target: '/app/.env',
      line: 3,
      secret: 'verified',
    }),
    finding({ class: 'licence', rule: { id: 'AGPL-3.0' }, package: { name: 'gs' } }),
    finding({
      class: 'misconfiguration',
      severity: 'low',
      rule: { id: 'DS002' },
      target: 'C:\\x\\Dockerfile',
    }),
  ],
  { facts: image },
);
const sarifOf = (judgement: typeof all, more: Partial<typeof options> = {}) =>
  toSarif(judgement.findings, judgement.sources, { ...options, ...more });

describe('SARIF', () => {
  test.each([
    ['of everything', all],
    ['of nothing', judge([])],
    ['without a source', judge([], { facts: { tool: '' } })],
  ])('%s is valid by the official schema', (_what, judgement) => {
    const { log } = sarifOf(judgement);
    expect([isSarif(JSON.parse(JSON.stringify(log))), isSarif.errors]).toEqual([true, null]);
  });

  test("has no error by Microsoft's rules and GitHub's", async () => {
    const tool = join(folder, 'multitool');
    cpSync(multitool, tool, { recursive: true, filter: (path) => !/\.(?:pdb|xml)$/.test(path) });
    chmodSync(join(tool, 'Sarif.Multitool'), 0o755);
    const [file, report] = [join(folder, 'own.sarif'), join(folder, 'judged.sarif')];
    writeFileSync(file, JSON.stringify(sarifOf(all).log));
    const words = [
      'validate',
      file,
      '--output',
      report,
      '--rule-kind',
      'Sarif;Ghas',
      '--log',
      'ForceOverwrite',
    ];
    const env = { ...process.env, DOTNET_SYSTEM_GLOBALIZATION_INVARIANT: '1' };
    await promisify(execFile)(join(tool, 'Sarif.Multitool'), words, { env }).catch(() => undefined);
    const { runs } = JSON.parse(readFileSync(report, 'utf8')) as {
      runs: { results?: { level?: string; ruleId: string; message: unknown }[] }[];
    };
    const errors = runs.flatMap(({ results = [] }) =>
      results.filter(({ level }) => level === 'error'),
    );
    expect(errors).toEqual([]);
  }, 60_000);

  test('knows an alert again by rule, package and target, not by version, line or order', () => {
    const names = (...findings: ReturnType<typeof finding>[]) =>
      sarifOf(judge(findings)).log.runs[0]?.results.map(
        ({ partialFingerprints }) => partialFingerprints.primaryLocationLineHash,
      );
    const before = finding({ line: 3, package: { purl: 'pkg:deb/debian/libc6@1' } });
    const after = finding({
      line: 90,
      package: { purl: 'pkg:deb/debian/libc6@2?arch=amd64', version: '2' },
    });
    expect(names(after)).toEqual(names(before));
    expect(names(finding({ target: 'other' }))).not.toEqual(names(finding({})));
    expect(names(finding({ line: 5 }), finding({ line: 9 }))).toEqual([
      expect.stringMatching(/:1$/),
      expect.stringMatching(/:2$/),
    ]);
    expect(names(finding({ line: 9 }), finding({ line: 5 }))).toEqual([
      expect.stringMatching(/:2$/),
      expect.stringMatching(/:1$/),
    ]);
  });

  test('has a category for each image and architecture, without the tag', () => {
    expect(sarifOf(all).log.runs.map(({ automationDetails }) => automationDetails.id)).toEqual([
      'scan-gate/registry.example.com/shop/linux-arm64/',
    ]);
    expect(
      sarifOf(judge([])).log.runs.map(({ automationDetails }) => automationDetails.id),
    ).toEqual(['scan-gate/']);
  });

  test('gives what GitHub asks of a rule', () => {
    const rules = sarifOf(all).log.runs[0]?.tool.driver.rules ?? [];
    for (const { shortDescription, fullDescription, help, name, properties } of rules) {
      for (const { text } of [shortDescription, fullDescription, help]) {
        expect(text).not.toBe('');
        expect(text.length).toBeLessThanOrEqual(1024);
      }
      expect(name.length).toBeLessThanOrEqual(255);
      expect(properties.tags).toContain('security');
    }
    const scores = Object.fromEntries(
      rules.map(({ id, properties }) => [id, properties['security-severity']]),
    );
    expect(scores).toEqual({
      'CVE-2026-1': '9.8',
      [hostile]: undefined,
      AWS: '8.0',
      'AGPL-3.0': '8.0',
      DS002: '2.0',
    });
  });

  test('leaves out what is ignored', () => {
    const judgement = judge([finding()], { active: [ignore()] });
    expect(sarifOf(judgement).log.runs[0]?.results).toEqual([]);
  });

  test('has the worst results where there are too many, and says so', () => {
    const findings = [...Array(30).keys()].map((index) =>
      finding({ rule: { id: `CVE-${index}` }, severity: index === 29 ? 'critical' : 'low' }),
    );
    const { log, notes } = sarifOf(judge(findings), { maxResults: 10 });
    expect(log.runs[0]?.results.map(({ ruleId }) => ruleId).slice(0, 2)).toEqual([
      'CVE-29',
      'CVE-0',
    ]);
    expect(notes).toEqual(['SARIF of Trivy (scan-gate/) has 10 results of 30, the worst ones']);
  });

  test('becomes short enough for GitHub when it is packed', () => {
    const findings = [...Array(3000).keys()].map((index) =>
      finding({ rule: { id: `CVE-${index}`, title: 'x'.repeat(400) } }),
    );
    const { text, notes } = fitSarif(judge(findings), 'scan-gate', (packed) => packed.length * 6);
    expect(text.length * 6).toBeLessThanOrEqual(sarifLimits.gzipBytes);
    expect(notes[0]).toMatch(/has 625 results of 3000/);
  });
});

describe('a path of a report', () => {
  test.each([
    ['app/.env', 'app/.env'],
    ['/etc/passwd', 'etc/passwd'],
    ['../../x', 'x'],
    ['C:\\x\\y', 'C%3A/x/y'],
    ['javascript:alert(1)', 'javascript%3Aalert(1)'],
    ['https://example.com/x', 'https%3A/example.com/x'],
    ['a b#c?d', 'a%20b%23c%3Fd'],
    ['', 'unknown'],
  ])('%s stays a path', (target, uri) => {
    expect(uriOf(target)).toBe(uri);
  });
});

describe('the result as JSON', () => {
  const text = (judgement: typeof all): string =>
    [
      ...resultJson(judgement, countFindings(judgement.findings), new Date('2026-11-23T00:00:00Z')),
    ].join('');

  test('is the baseline of a later run', async () => {
    const judgement = judge([finding(), finding({ rule: { id: 'CVE-2026-2' } })], {
      active: [ignore()],
    });
    const findings = await readScanResult(chunksOf(text(judgement), 50));
    expect([...findings.values()].map(({ rule, decision }) => [rule, decision])).toEqual([
      ['CVE-2026-2', 'fail'],
      ['CVE-2026-1', 'ignored'],
    ]);
    const again = judge([finding({ rule: { id: 'CVE-2026-2' } })], {
      baseline: { kind: 'found', of: 'before.json', findings },
    });
    expect(again.verdict).toBe('warnings');
  });

  test.each([
    ['nothing', ''],
    ['another schema', '{"schema":"shiplock-scan/2","findings":[]}'],
    ['a finding that is none', '{"schema":"shiplock-scan/1","findings":[{"fingerprint":1}]}'],
    ['another tool', '{"Results":[]}'],
  ])('%s is no baseline', async (_what, other) => {
    await expect(readScanResult(chunksOf(other, 50))).rejects.toThrow();
  });

  test('counts all classes and severities', () => {
    const counts = countFindings(all.findings);
    expect(counts.total).toBe(5);
    expect(Object.keys(counts.classes)).toEqual([...findingClasses]);
    expect(counts.severities).toMatchObject({ critical: 1, high: 2, low: 1, unknown: 1 });
  });
});

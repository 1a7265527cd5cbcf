import { describe, expect, test } from '@jest/globals';
import { countFindings } from '../../src/domain/scan/counts';
import type { ScanJudgement } from '../../src/domain/scan/judge';
import { scanAnnotations, scanError } from '../../src/report/scan-annotations';
import { scanSummary } from '../../src/report/scan-summary';
import { finding, ignore, judge } from '../support/scan-judgement';

const summary = (judgement: ScanJudgement): string =>
  scanSummary(judgement, countFindings(judgement.findings), []);

describe('the summary', () => {
  test('has verdict, counts, findings and who looked for what', () => {
    const text = summary(
      judge([finding({ package: {} }), finding({ severity: 'low', rule: { id: 'CVE-2026-2' } })], {
        facts: { version: '0.76.0', subject: 'shop:1' },
      }),
    );
    expect(text).toContain('## Scan gate: ❌ findings');
    expect(text).toContain('1 fail, 0 warn, 1 listed, 0 ignored (1 high, 1 low)');
    expect(text).toContain('| high | `CVE-2026-1` | `shop` | `libc6 1` | 2 | high |');
    expect(text).toContain('Everything else (1)');
    expect(text).toContain('| vulnerability | `Trivy 0.76.0` of `shop:1`, `trivy.json` |');
    expect(text).toContain('| secret | nobody looked |');
  });

  test('tells what keeps it from being a pass, what is ignored, fixed and unused', () => {
    const fingerprint = 'x:1';
    const before = {
      fingerprint,
      class: 'vulnerability' as const,
      rule: 'CVE-1999-1',
      target: 'shop',
      decision: 'fail',
    };
    const text = summary(
      judge([finding()], {
        active: [ignore(), ignore({ id: 'CVE-1' })],
        baseline: { kind: 'found', of: 'before.json', findings: new Map([[fingerprint, before]]) },
        evidence: {
          troubles: [{ subject: 'leaks.json', says: 'it is empty', fix: 'look' }],
          degraded: ['the database is old'],
          expired: [ignore({ id: 'CVE-2' })],
        },
      }),
    );
    expect(text).toContain('## Scan gate: ❌ scanner error');
    expect(text).toContain('| `leaks.json` | it is empty | look |');
    expect(text).toContain('> Degraded: the database is old');
    expect(text).toContain('Ignored (1)');
    expect(text).toContain('not reached (shiplock.yml:3)');
    expect(text).toContain('- `CVE-1999-1` in `shop`');
    expect(text).toContain('- `CVE-1` (`shiplock.yml:3`)');
    expect(text).toContain('- `CVE-2` (`shiplock.yml:3`)');
  });

  const hostile =
    '</details><img src=x> | ::error::x\n## Passed @octocat [a](https://evil.test) `x` ![i](x)';
  const bad = judge([
    finding({
      rule: { id: hostile, title: hostile, url: 'https://x.test/)<script>' },
      target: hostile,
      package: { name: hostile, version: hostile, fixedIn: hostile },
      suppressed: null,
    }),
    finding({ rule: { id: 'x' }, suppressed: hostile }),
  ]);

  test('takes nothing of a report for markup', () => {
    const text = summary(bad);
    expect(text).not.toMatch(
      /<(?:img|script)|<\/details><img|\]\(https:\/\/evil|^## Passed|^::|@octocat(?!<)/m,
    );
    expect(text.match(/<details>/g)).toHaveLength(1);
    expect(text.match(/<\/details>/g)).toHaveLength(1);
  });

  test('stays far below what GitHub takes, whatever was found', () => {
    const many = [...Array(2000).keys()].map((index) =>
      finding({
        severity: (['high', 'low'] as const)[index % 2] ?? 'low',
        rule: { id: `${index} ${hostile.repeat(8)}` },
        target: '`|'.repeat(200),
        package: { fixedIn: hostile },
      }),
    );
    const text = summary(judge(many));
    expect(Buffer.byteLength(text)).toBeLessThan(1_000_000);
    expect(text).toContain('… and 900 more');
  });
});

describe('annotations', () => {
  test('nine of each kind, the worst first, beside their line where there is one', () => {
    const many = [...Array(20).keys()].flatMap((index) => [
      finding({
        class: 'secret',
        secret: 'unknown',
        rule: { id: `key-${index}` },
        target: 'a.env',
        line: index + 1,
      }),
      finding({ severity: 'medium', rule: { id: `CVE-${index}` }, package: {} }),
    ]);
    const worst = finding({
      class: 'secret',
      secret: 'verified',
      rule: { id: 'live' },
      target: 'b.env',
      line: 3,
    });
    const annotations = scanAnnotations(judge([...many, worst]));
    expect(annotations.map(({ level }) => level).join()).toBe(
      [...Array<string>(9).fill('error'), ...Array<string>(9).fill('warning')].join(),
    );
    expect(annotations[0]).toEqual({
      level: 'error',
      title: 'live',
      message: 'b.env: A hole (verified)',
      file: 'b.env',
      line: 3,
    });
    expect(annotations[9]).toMatchObject({
      title: 'CVE-0',
      message: 'libc6 1 in shop: A hole (medium)',
      file: '',
      line: null,
    });
  });

  test('are one line each', () => {
    const [annotation] = scanAnnotations(
      judge([finding({ rule: { title: 'a\n::stop-commands::x\u001b[2J' } })]),
    );
    expect(annotation?.message).toBe(
      'shop: A hole (high)'.replace('A hole', 'a ::stop-commands::x'),
    );
  });
});

test.each<[string, Parameters<typeof judge>, string]>([
  ['clean', [[]], ''],
  ['warnings', [[finding({ severity: 'medium' })]], ''],
  ['one finding', [[finding()]], '1 finding fails this run; the job summary lists them.'],
  [
    'degraded',
    [[], { evidence: { degraded: ['old'] } }],
    'It is not known whether this is clean: old',
  ],
  [
    'a scanner error',
    [[], { evidence: { troubles: [{ subject: 'a.json', says: 'it is empty', fix: 'look' }] } }],
    'It is not known whether this is clean.\na.json: it is empty. Fix: look.',
  ],
])('%s ends with its error', (_what, given, says) => {
  expect(scanError(judge(...given))).toBe(says);
});

import { describe, expect, test } from '@jest/globals';
import type { Finding } from '../../../src/domain/scan/finding';
import { fingerprintOf } from '../../../src/domain/scan/identity';
import { defaultPolicy, type ScanPolicy } from '../../../src/domain/scan/policy';
import { finding, ignore, judge, type FindingSketch } from '../../support/scan-judgement';

const decide = (sketch: FindingSketch, policy: Partial<ScanPolicy> = {}): string => {
  const [judged] = judge([finding(sketch)], { policy }).findings;
  return `${judged?.decision ?? ''}: ${judged?.why ?? ''}`;
};
const pkg = {};
const secret = { class: 'secret' } as const;
const licence = (id: string) => ({ class: 'licence', severity: 'low', rule: { id } }) as const;

describe('one finding', () => {
  test.each<[string, FindingSketch, Partial<ScanPolicy>, string]>([
    ['high fails', { severity: 'high' }, {}, 'fail: high'],
    ['medium warns', { severity: 'medium' }, {}, 'warn: medium'],
    ['low is listed', { severity: 'low' }, {}, 'pass: low'],
    [
      'without a severity it counts as high',
      { severity: 'unknown' },
      {},
      'fail: severity unknown, counted as high',
    ],
    [
      'or as what the policy says',
      { severity: 'unknown' },
      { unknownSeverity: 'low' },
      'pass: severity unknown, counted as low',
    ],
    [
      'a CVSS threshold beats the severity',
      { severity: 'low', score: 7.5 },
      { cvss: 7 },
      'fail: CVSS 7.5',
    ],
    ['below it the severity decides', { severity: 'low', score: 6.9 }, { cvss: 7 }, 'pass: low'],
    ['unfixed counts', { package: { fixedIn: '' } }, {}, 'fail: high'],
    [
      'unless it is not wanted',
      { package: { fixedIn: '' } },
      { ignoreUnfixed: true },
      'pass: not fixed yet',
    ],
    ['fixed counts then too', { package: pkg }, { ignoreUnfixed: true }, 'fail: high'],
    ['development counts', { package: { scope: 'development' } }, {}, 'fail: high'],
    [
      'unless it is not wanted',
      { package: { scope: 'development' } },
      { runtimeOnly: true },
      'pass: for development only',
    ],
    [
      'what is of no known scope counts',
      { package: { scope: null } },
      { runtimeOnly: true },
      'fail: high',
    ],
    [
      'an OS without updates fails',
      { rule: { id: 'end-of-life' }, severity: 'critical' },
      {},
      'fail: end of life',
    ],
    ['or warns', { rule: { id: 'end-of-life' } }, { endOfLife: 'warn' }, 'warn: end of life'],
    [
      'a package cannot pass for it',
      { rule: { id: 'end-of-life' }, package: pkg },
      { endOfLife: 'pass' },
      'fail: high',
    ],
    [
      'a secret that works fails',
      { ...secret, secret: 'verified', severity: 'low' },
      {},
      'fail: verified',
    ],
    ['so does one that nobody could try', { ...secret, secret: 'unknown' }, {}, 'fail: unknown'],
    ['one that does not work warns', { ...secret, secret: 'unverified' }, {}, 'warn: unverified'],
    [
      'a detector has its own level',
      { ...secret, secret: 'verified', rule: { id: 'Lob' } },
      { detectors: new Map([['lob', null]]) },
      'pass: verified, by the rule for lob',
    ],
    [
      'a denied licence fails',
      licence('AGPL-3.0-only'),
      { licences: { allow: [], deny: ['AGPL-*'] } },
      'fail: on the list of denied licences',
    ],
    [
      'an allowed one passes',
      { ...licence('MIT'), severity: 'critical' },
      { licences: { allow: ['mit'], deny: [] } },
      'pass: on the list of allowed licences',
    ],
    [
      'any other one fails then',
      licence('ISC'),
      { licences: { allow: ['MIT'], deny: [] } },
      'fail: not on the list of allowed licences',
    ],
    [
      'denied beats allowed',
      licence('MIT'),
      { licences: { allow: ['MIT'], deny: ['MIT'] } },
      'fail: on the list of denied licences',
    ],
  ])('%s', (_what, sketch, policy, says) => {
    expect(decide(sketch, policy)).toBe(says);
  });
});

describe('the verdict', () => {
  const low = finding({ severity: 'low' });
  const medium = finding({ severity: 'medium' });
  const high = finding({});
  const trouble = { subject: 'a.json', says: 'it is empty', fix: 'x' };

  test.each<[string, Finding[], Parameters<typeof judge>[1], string]>([
    ['nothing found', [], {}, 'clean'],
    ['only what is listed', [low], {}, 'clean'],
    ['a warning', [medium], {}, 'warnings'],
    ['a failure', [medium, high], {}, 'findings'],
    ['a report that is none', [], { evidence: { troubles: [trouble] } }, 'scanner-error'],
    [
      'a report that is none, beside a failure',
      [high],
      { evidence: { troubles: [trouble] } },
      'scanner-error',
    ],
    ['an old database', [], { evidence: { degraded: ['old'] } }, 'degraded'],
    [
      'an old database that may be',
      [],
      { evidence: { degraded: ['old'] }, onDegraded: 'pass' },
      'warnings',
    ],
    ['an old database and a failure', [high], { evidence: { degraded: ['old'] } }, 'findings'],
    ['a class that nobody looked for', [], { policy: { required: ['secret'] } }, 'scanner-error'],
    ['a class that somebody looked for', [], { policy: { required: ['vulnerability'] } }, 'clean'],
    [
      'a baseline that is missing',
      [],
      { baseline: { kind: 'missing', why: 'x' } },
      'scanner-error',
    ],
    [
      'a baseline that may be missing',
      [],
      { baseline: { kind: 'missing', why: 'x' }, policy: { missingBaseline: 'gate-on-all' } },
      'clean',
    ],
    ['an ignore that fits nothing', [], { active: [ignore()] }, 'clean'],
    [
      'an ignore that fits nothing and must',
      [],
      { active: [ignore()], policy: { unusedIgnores: 'fail' } },
      'scanner-error',
    ],
    ['an ignored failure', [high], { active: [ignore()] }, 'clean'],
    ['what the tool suppressed', [finding({ suppressed: 'inline' })], {}, 'clean'],
    [
      'what the tool suppressed, where that counts for nothing',
      [finding({ suppressed: 'inline' })],
      { strictIgnores: true },
      'findings',
    ],
  ])('%s', (_what, findings, sketch, verdict) => {
    expect(judge(findings, sketch).verdict).toBe(verdict);
  });
});

test('findings are in order, the worst first', () => {
  const findings = [
    finding({ severity: 'low', rule: { id: 'listed' } }),
    finding({ severity: 'medium', rule: { id: 'warns' } }),
    finding({ severity: 'high', score: 7.1, rule: { id: 'high' } }),
    finding({ severity: 'high', score: 8.9, rule: { id: 'higher' } }),
    finding({ severity: 'critical', rule: { id: 'critical' } }),
    finding({ rule: { id: 'CVE-2026-1' } }),
  ];
  const { findings: judged } = judge(findings, { active: [ignore()] });
  expect(judged.map(({ rule }) => rule.id)).toEqual([
    'critical',
    'higher',
    'high',
    'warns',
    'listed',
    'CVE-2026-1',
  ]);
});

describe('against a baseline', () => {
  const fingerprint = (one: Finding): string => {
    const [judged] = judge([one]).findings;
    return judged === undefined ? '' : fingerprintOf(judged);
  };
  const before = (decision: string, ...findings: Finding[]) => ({
    kind: 'found' as const,
    of: 'before.json',
    findings: new Map(
      findings.map((one) => {
        const name = fingerprint(one);
        return [
          name,
          { fingerprint: name, class: one.class, rule: one.rule.id, target: one.target, decision },
        ];
      }),
    ),
  });

  test('what was there before does not fail, what is new does', () => {
    const old = () =>
      finding({ package: { version: '1', purl: 'pkg:deb/debian/libc6@1?arch=amd64' } });
    const later = () =>
      finding({ package: { version: '1.1', purl: 'pkg:deb/debian/libc6@1.1' }, line: 7 });
    const fresh = finding({ rule: { id: 'CVE-2026-2' } });
    expect(judge([later()], { baseline: before('fail', old()) }).verdict).toBe('warnings');
    const both = judge([later(), fresh], { baseline: before('fail', old()) });
    expect(both.verdict).toBe('findings');
    expect(both.findings.map(({ decision, isNew }) => [decision, isNew])).toEqual([
      ['fail', true],
      ['existing', false],
    ]);
  });

  test('what was only ignored then was never accepted', () => {
    expect(judge([finding()], { baseline: before('ignored', finding()) }).verdict).toBe('findings');
  });

  test('what is gone is fixed, if somebody looked for it again', () => {
    const baseline = before('fail', finding(), finding({ class: 'secret', rule: { id: 'AWS' } }));
    expect(judge([], { baseline }).fixed.map(({ rule }) => rule)).toEqual(['CVE-2026-1']);
  });

  test('a second one of the same kind is new', () => {
    const { findings } = judge([finding({ line: 9 }), finding({ line: 3 })], {
      baseline: before('fail', finding()),
    });
    expect(findings.map(({ line, isNew }) => [line, isNew])).toEqual([
      [9, true],
      [3, false],
    ]);
  });
});

test('nothing is asked of classes that are not named', () => {
  expect(defaultPolicy.required).toEqual([]);
});

import { describe, expect, test } from '@jest/globals';
import { readIgnoreFile } from '../../src/config/ignore-files';
import { loadScan, type ScanOverrides } from '../../src/config/load-scan';
import { defaultPolicy } from '../../src/domain/scan/policy';
import { refusalOf } from '../support/refusal-of';

const none: ScanOverrides = {
  failOn: {},
  named: [],
  warnOn: {},
  ignoreUnfixed: null,
  maxImageSize: null,
};
const load = (text: string | null, overrides: Partial<ScanOverrides> = {}) =>
  loadScan(text, 'shiplock.yml', { ...none, ...overrides });

describe('the part `scan:`', () => {
  test.each([[null], [''], ['app: shop'], ['scan:']])('%j has the defaults', (text) => {
    expect(load(text)).toEqual({ policy: defaultPolicy, ignores: [] });
  });

  test('every key', () => {
    const text = `
scan:
  fail-on: { vulnerability: critical, secret: verified, code: none }
  warn-on: low
  unknown-severity: medium
  ignore-unfixed: true
  runtime-only: true
  cvss: 9
  end-of-life: warn
  detectors: { Lob: none }
  licences: { deny: ['AGPL-*'] }
  ignore-lifetime: 90
  unused-ignores: fail
  missing-baseline: gate-on-all
  ignores:
    - { id: CVE-2026-1, class: vulnerability, package: pkg:npm/lodash, path: app/**, reason: not reached, expires: '2026-12-31' }
`;
    const { policy, ignores } = load(text);
    expect(policy).toMatchObject({
      failOn: {
        levels: { vulnerability: 'critical', misconfiguration: 'high', code: null },
        secret: 'verified',
      },
      warnOn: { levels: { vulnerability: 'low', licence: 'low' }, secret: 'unverified' },
      required: ['vulnerability', 'secret'],
      unknownSeverity: 'medium',
      ignoreUnfixed: true,
      runtimeOnly: true,
      cvss: 9,
      endOfLife: 'warn',
      detectors: new Map([['Lob', null]]),
      licences: { allow: [], deny: ['AGPL-*'] },
      ignoreLifetime: 90,
      unusedIgnores: 'fail',
      missingBaseline: 'gate-on-all',
    });
    expect(ignores).toEqual([
      {
        id: 'CVE-2026-1',
        class: 'vulnerability',
        packages: ['pkg:npm/lodash'],
        paths: ['app/**'],
        reason: 'not reached',
        expires: new Date('2026-12-31T00:00:00Z'),
        origin: 'shiplock.yml:16',
        foreign: false,
      },
    ]);
  });

  test('inputs win, and what they name is wanted', () => {
    const { policy } = load('scan: { fail-on: { secret: verified } }', {
      failOn: { vulnerability: 'low', secret: 'none' },
      named: ['vulnerability', 'secret'],
      ignoreUnfixed: true,
    });
    expect(policy).toMatchObject({
      failOn: { levels: { vulnerability: 'low' }, secret: null },
      required: ['vulnerability'],
      ignoreUnfixed: true,
    });
  });

  test('all its problems come at once, with their lines', () => {
    const refused = refusalOf(() =>
      load(`scan:
  fail-on: hihg
  cvss: 11
  unused: 1
  ignores:
    - { id: CVE-1, expires: '2026-12-31' }
    - { id: CVE-2, reason: x }
    - { id: CVE-3, reason: x, expires: never }
    - { id: CVE-4, reason: x, expires: '2026-12-31', package: lodash }
`),
    );
    for (const says of [
      'scan.fail-on (line 2)',
      'scan.cvss (line 3)',
      'scan.unused (line 4): is an unknown key',
      'scan.ignores[0].reason (line 6): is missing',
      'scan.ignores[1].expires (line 7): is missing',
      'scan.ignores[2].expires (line 8)',
      'scan.ignores[3].package (line 9)',
    ])
      expect(refused).toContain(says);
  });

  test('YAML that is none is refused', () => {
    expect(refusalOf(() => load('scan: [x'))).toContain('shiplock.yml: 1 problem');
  });
});

describe('ignore files of other tools', () => {
  test('.trivyignore: the comment above is the reason, exp: the end', () => {
    const text = `# not reached,
# says the team
CVE-2026-1 exp:2026-12-31

CVE-2026-2
CVE-2026-3 exp:soon
`;
    const { ignores, problems } = readIgnoreFile('.trivyignore', text);
    expect(
      ignores.map(({ id, reason, expires, origin, foreign }) => [
        id,
        reason,
        expires?.toISOString().slice(0, 10),
        origin,
        foreign,
      ]),
    ).toEqual([
      ['CVE-2026-1', 'not reached, says the team', '2026-12-31', '.trivyignore:3', true],
      ['CVE-2026-2', '', undefined, '.trivyignore:5', true],
    ]);
    expect(problems).toEqual([
      { path: '.trivyignore:6', says: 'exp:soon is no date', fix: 'write exp:YYYY-MM-DD' },
    ]);
  });

  test('.trivyignore.yaml: class, paths, packages, statement', () => {
    const text = `
vulnerabilities:
  - id: CVE-2026-1
    paths: ['usr/**']
    purls: [pkg:deb/debian/bash, pkg:deb/debian/dash]
    statement: not reached
    expired_at: 2026-12-31
secrets:
  - id: aws
`;
    const { ignores, problems } = readIgnoreFile('.trivyignore.yaml', text);
    expect(problems).toEqual([]);
    expect(ignores).toMatchObject([
      {
        id: 'CVE-2026-1',
        class: 'vulnerability',
        packages: ['pkg:deb/debian/bash', 'pkg:deb/debian/dash'],
        paths: ['usr/**'],
        reason: 'not reached',
        expires: new Date('2026-12-31'),
        origin: '.trivyignore.yaml:3',
      },
      { id: 'aws', class: 'secret', expires: null, reason: '' },
    ]);
  });

  test.each([
    ['a section that is not known', 'vulns: []', 'vulns is not known there'],
    ['no list', 'secrets: aws', 'secrets is not known there'],
    ['no id', 'secrets: [{ statement: x }]', 'has no id'],
    ['no date', 'secrets: [{ id: a, expired_at: soon }]', 'expired_at is no date'],
    ['paths that are none', 'secrets: [{ id: a, paths: b }]', 'paths or purls is no list of texts'],
    ['a list', '[]', 'is no map'],
  ])('.trivyignore.yaml with %s', (_what, text, says) => {
    const { ignores, problems } = readIgnoreFile('.trivyignore.yaml', text);
    expect([ignores, problems.map((one) => one.says)]).toEqual([[], [says]]);
  });

  test('.gitleaksignore is about secrets only', () => {
    const { ignores } = readIgnoreFile(
      '.gitleaksignore',
      '# a test key\nabc:src/a.ts:generic-api-key:4\n',
    );
    expect(ignores).toMatchObject([
      { id: 'abc:src/a.ts:generic-api-key:4', class: 'secret', reason: 'a test key' },
    ]);
  });
});

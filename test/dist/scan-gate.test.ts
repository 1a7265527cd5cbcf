import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, jest, test } from '@jest/globals';
import { judge, provenTrivy, scanCheckout } from '../support/scan-run';
import { trivyDigest, trivySample } from '../support/scan-samples';

// Each run is a process of its own.
jest.setTimeout(60_000);

const clean = { ...trivySample, Results: [{ Target: 'shop (debian 13.1)', Class: 'os-pkgs' }] };

describe('one report', () => {
  test('with findings is red, with every view of them', async () => {
    const workspace = scanCheckout({ 'trivy.json': trivySample });
    const sarif: { text?: string; json?: string } = {};
    const run = await judge(
      workspace,
      { reports: provenTrivy },
      {
        // The files last as long as the job.
        env: { RUNNER_TEMP: workspace },
      },
    );
    const { outputs } = run;
    sarif.text = readFileSync(outputs['sarif'] ?? '', 'utf8');
    sarif.json = readFileSync(outputs['json'] ?? '', 'utf8');
    expect([run.conclusion, run.exitCode]).toEqual(['failure', 1]);
    expect(outputs).toMatchObject({
      verdict: 'findings',
      new: '5',
      existing: '0',
      fixed: '0',
      'degraded-reason': '',
    });
    expect(JSON.parse(outputs['counts'] ?? '')).toMatchObject({
      total: 5,
      decisions: { fail: 5 },
      severities: { critical: 3, high: 2 },
    });
    expect(sarif.text).toContain('"scan-gate/registry.example.com/shop/linux-amd64/"');
    expect(JSON.parse(sarif.json)).toMatchObject({
      schema: 'shiplock-scan/1',
      verdict: 'findings',
      findings: { length: 5 },
    });
    expect(run.summary).toContain('## Scan gate: ❌ findings');
    expect(run.annotations.map(({ level, properties }) => [level, properties['title']])).toEqual([
      ['error', 'CVE-2026-2000'],
      ['error', 'aws-access-key-id'],
      ['error', 'AGPL-3.0'],
      ['error', 'CVE-2026-1000'],
      ['error', 'DS002'],
      ['error', 'Shiplock scan-gate'],
    ]);
  });

  test('without findings is green', async () => {
    const run = await judge(scanCheckout({ 'trivy.json': clean }), { reports: provenTrivy });
    expect([run.outputs['verdict'], run.exitCode]).toEqual(['clean', 0]);
    expect(run.annotations).toEqual([]);
  });

  test('is judged the same whatever the policy is written in', async () => {
    const files = {
      'trivy.json': trivySample,
      'shiplock.yml':
        'scan: { fail-on: { vulnerability: none, misconfiguration: none, secret: none, licence: none } }',
    };
    const byFile = await judge(scanCheckout(files), { reports: provenTrivy });
    const byInput = await judge(scanCheckout({ 'trivy.json': trivySample }), {
      reports: provenTrivy,
      'fail-on': 'none',
    });
    expect([byFile.outputs['verdict'], byInput.outputs['verdict']]).toEqual([
      'warnings',
      'warnings',
    ]);
    expect(byFile.outputs['counts']).toBe(byInput.outputs['counts']);
  });
});

describe('what is never a pass', () => {
  const whole = JSON.stringify(clean);
  test.each<[string, unknown, string, Record<string, string>, string]>([
    ['no report', null, provenTrivy, {}, 'there is no such file'],
    ['a report of 0 bytes', '', provenTrivy, {}, 'it is empty'],
    ['a report that is cut off', whole.slice(0, -20), provenTrivy, {}, 'it is cut off'],
    ['a page of an error', '<html>502 Bad Gateway</html>', provenTrivy, {}, 'it is no JSON'],
    [
      'another schema version',
      { ...clean, SchemaVersion: 3 },
      provenTrivy,
      {},
      'SchemaVersion is 3, not 2',
    ],
    [
      'a report without a target',
      { ...clean, Results: [] },
      provenTrivy,
      {},
      'nothing at all was scanned in it',
    ],
    [
      'a report of another image',
      clean,
      provenTrivy.replace(trivyDigest, `sha256:${'0'.repeat(64)}`),
      {},
      'the image in it is',
    ],
    [
      'a report of nobody knows what',
      clean,
      provenTrivy.replace(/digest=[^,]*, /, ''),
      {},
      'nothing ties it to what is released',
    ],
    [
      'another file than the one that was made',
      clean,
      `${provenTrivy}, sha256=${'0'.repeat(64)}`,
      {},
      'its SHA-256 is',
    ],
    [
      'a class that nobody looked for',
      clean,
      provenTrivy.replace(' secret', ''),
      { 'fail-on': 'secret=unknown' },
      'no report that could be used looked for it',
    ],
    [
      'a baseline that is not there',
      clean,
      provenTrivy,
      { baseline: 'before.json' },
      'there is no file before.json',
    ],
  ])('%s', async (_what, report, reports, inputs, says) => {
    const workspace = scanCheckout(report === null ? {} : { 'trivy.json': report });
    const run = await judge(workspace, { reports, ...inputs });
    expect([run.outputs['verdict'], run.exitCode]).toEqual(['scanner-error', 2]);
    expect(run.log).toContain(says);
    expect(run.summary).toContain('❌ scanner error');
  });

  test('a folder in the place of a report', async () => {
    const run = await judge(scanCheckout({ 'trivy.json/x': '' }), { reports: provenTrivy });
    expect([run.outputs['verdict'], run.exitCode]).toEqual(['scanner-error', 2]);
  });

  test('a database of unknown age, unless that is wanted', async () => {
    const reports = provenTrivy.replace(/, db-updated=.*/, '');
    const [failed, passed] = await Promise.all([
      judge(scanCheckout({ 'trivy.json': clean }), { reports }),
      judge(scanCheckout({ 'trivy.json': clean }), { reports, 'on-degraded': 'pass' }),
    ]);
    expect([failed.outputs['verdict'], failed.exitCode]).toEqual(['degraded', 1]);
    expect([passed.outputs['verdict'], passed.exitCode]).toEqual(['warnings', 0]);
    expect(passed.outputs['degraded-reason']).toContain(
      "how old Trivy's database was is not known",
    );
  });

  test('a report that the scanned code brought along, also behind a link', async () => {
    const workspace = scanCheckout({ 'real/trivy.json': clean });
    symlinkSync('real', join(workspace, 'out'));
    const git = (...words: string[]) => execFileSync('git', ['-C', workspace, ...words]);
    git('init', '--quiet');
    git('add', '--all');
    const run = await judge(workspace, {
      reports: provenTrivy.replace('trivy.json', 'out/trivy.json'),
    });
    expect(run.outputs['verdict']).toBe('scanner-error');
    expect(run.log).toContain('it is part of the checkout');
  });

  test('inputs that cannot be used: all at once, before anything is read', async () => {
    const run = await judge(scanCheckout({}), {
      reports: 'trivy=a.json\nsnyk=b',
      'fail-on': 'hihg',
      'warn-on': 'secret=low',
    });
    expect([run.outputs['verdict'], run.exitCode]).toEqual(['refused', 3]);
    for (const says of [
      'it is not said what was scanned for',
      'is not kind=path',
      '"hihg" is no level',
      '"low" is no level',
    ])
      expect(run.log).toContain(says);
  });

  test('no report at all', async () => {
    const run = await judge(scanCheckout({}), {});
    expect([run.outputs['verdict'], run.exitCode]).toEqual(['refused', 3]);
  });
});

describe('secrets', () => {
  const raw = `ghp_${'k'.repeat(36)}`;
  const leak = {
    SourceMetadata: { Data: { Git: { file: 'a.env', line: 1 } } },
    DetectorName: 'Github',
    Verified: true,
    Raw: raw,
    ExtraData: { note: raw },
  };
  const report = `${JSON.stringify(leak)}\n{"level":"info-0","msg":"finished scanning","chunks":3}\n`;

  test('of a report are masked and stand in nothing that is left', async () => {
    const workspace = scanCheckout({});
    // What the run prints of itself shows whether the mask came in time.
    const outside = scanCheckout({ [`leaks-${raw}.jsonl`]: report });
    const reports = `trufflehog=${join(outside, `leaks-${raw}.jsonl`)}, made=here`;
    const run = await judge(
      workspace,
      { reports },
      { secrets: [raw], env: { RUNNER_TEMP: workspace } },
    );
    expect(run.outputs['verdict']).toBe('findings');
    expect(run.log).toContain('leaks-***.jsonl: 1 findings of TruffleHog');
    expect(readFileSync(run.outputs['sarif'] ?? '', 'utf8')).not.toContain(raw);
  });

  test('have the same fingerprint in every run of a repository, and another one with another key', async () => {
    const outside = scanCheckout({ 'leaks.jsonl': report });
    const name = async (id: string, key: string): Promise<string> => {
      const workspace = scanCheckout({});
      const inputs = {
        reports: `trufflehog=${join(outside, 'leaks.jsonl')}, made=here`,
        'fingerprint-key': key,
      };
      const { outputs } = await judge(workspace, inputs, {
        env: { RUNNER_TEMP: workspace, GITHUB_REPOSITORY_ID: id },
      });
      return (
        /"primaryLocationLineHash":"([0-9a-f]{32}:1)"/.exec(
          readFileSync(outputs['sarif'] ?? '', 'utf8'),
        )?.[1] ?? ''
      );
    };
    const [one, same, otherId, otherKey] = await Promise.all([
      name('1', ''),
      name('1', ''),
      name('2', ''),
      name('1', 'a longer key'),
    ]);
    expect(one).not.toBe('');
    expect(same).toBe(one);
    expect(new Set([one, otherId, otherKey]).size).toBe(3);
  });
});

test('against an earlier result only what is new is red', async () => {
  const workspace = scanCheckout({ 'trivy.json': trivySample });
  const first = await judge(
    workspace,
    { reports: provenTrivy },
    { env: { RUNNER_TEMP: workspace } },
  );
  const baseline = first.outputs['json'] ?? '';
  expect(existsSync(baseline)).toBe(true);
  const again = await judge(workspace, { reports: provenTrivy, baseline });
  expect(again.outputs).toMatchObject({ verdict: 'warnings', new: '0', existing: '5', fixed: '0' });
  const [os, lock, ...rest] = trivySample.Results;
  const fresh = {
    Target: 'Dockerfile.dev',
    Class: 'config',
    Misconfigurations: [{ ID: 'DS002', Severity: 'HIGH', Status: 'FAIL' }],
  };
  writeFileSync(
    join(workspace, 'trivy.json'),
    JSON.stringify({ ...trivySample, Results: [os, ...rest, fresh] }),
  );
  const later = await judge(workspace, { reports: provenTrivy, baseline });
  expect(lock?.Target).toBe('app/package-lock.json');
  expect(later.outputs).toMatchObject({ verdict: 'findings', new: '1', existing: '4', fixed: '1' });
});

test('a report of another job is known by the hash of its file', async () => {
  const text = '[]';
  const sha256 = createHash('sha256').update(text).digest('hex');
  const run = await judge(scanCheckout({ 'leaks.json': text }), {
    reports: `gitleaks=leaks.json, sha256=${sha256}`,
  });
  expect([run.outputs['verdict'], run.exitCode]).toEqual(['clean', 0]);
});

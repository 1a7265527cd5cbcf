import { execFileSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { mkdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { scanCheckout } from '../../support/scan-run';
import {
  debianRoot,
  lockFile,
  scan,
  standFolder,
  trivyCache,
  trivyVersion,
} from '../../support/trivy-stand';

// Made anew in each run: no key is ever in the repository.
const key = `ghp_${randomBytes(36).toString('base64').replaceAll(/\W/g, '').padEnd(36, 'x').slice(0, 36)}`;
const leaky = { 'a.env': `token = "${key}"\n`, Dockerfile: 'FROM debian:latest\nUSER root\n' };
const soon = new Date(Date.now() + 30 * 24 * 3600 * 1000).toISOString().slice(0, 10);

describe('a folder', () => {
  const inputs = { scanners: 'secret,misconfig' };

  test('with a key and a bad Dockerfile is red', async () => {
    const run = await scan(scanCheckout(leaky), inputs, { secrets: [key] });
    expect([run.outputs['verdict'], run.exitCode]).toEqual(['findings', 1]);
    expect(run.summary).toContain('`github-pat` | `a.env:1`');
    expect(run.summary).toMatch(/`DS-?\d+`.*`Dockerfile/);
  });

  test('without findings is green', async () => {
    const clean = { Dockerfile: 'FROM debian:13\nUSER app\nHEALTHCHECK CMD true\n', 'a.txt': 'a' };
    const run = await scan(scanCheckout(clean), inputs);
    expect([run.outputs['verdict'], run.exitCode]).toEqual(['clean', 0]);
    expect(run.log).toContain(`trivy ${trivyVersion} (PATH)`);
  });

  test('that is empty, or is not there, is not', async () => {
    const workspace = scanCheckout({ 'a.txt': 'a' });
    mkdirSync(join(workspace, 'empty'));
    const of = (path: string) => scan(workspace, { ...inputs, 'scan-ref': path });
    for (const run of await Promise.all(['empty', 'nowhere'].map(of)))
      expect([run.outputs['verdict'], run.exitCode]).toEqual(['scanner-error', 2]);
  });

  test('says what it was told to leave out', async () => {
    const files = { ...leaky, 'b.txt': 'b' };
    const run = await scan(scanCheckout(files), { ...inputs, 'skip-files': 'a.env, Dockerfile' });
    expect(run.outputs['verdict']).toBe('clean');
    expect(run.summary).toContain('without the files a.env');
    expect(run.summary).toMatch(/misconfiguration \| nobody looked/);
  });

  test('whose comments silence Trivy has a warning, or is red where that is wanted', async () => {
    const silent = '#trivy:ignore:*\nFROM debian:latest\nUSER root\n';
    const only = { scanners: 'misconfig', 'fail-on': 'none', 'warn-on': 'none' };
    const workspace = scanCheckout({ Dockerfile: silent });
    const [lenient, strict] = await Promise.all([
      scan(workspace, only),
      scan(workspace, { ...only, 'strict-ignores': 'true' }),
    ]);
    expect(lenient.summary).toContain('Dockerfile:1: this comment makes trivy leave findings out');
    expect(strict.outputs['verdict']).toBe('scanner-error');
  });

  test('as configuration, and as a repository', async () => {
    const [config, repository] = await Promise.all([
      scan(scanCheckout(leaky), { 'scan-type': 'config' }),
      scan(scanCheckout(leaky), { 'scan-type': 'repo', scanners: 'secret' }),
    ]);
    expect(config.summary).toMatch(/`DS-?\d+`.*`Dockerfile/);
    expect(repository.summary).toContain('`github-pat` | `a.env:1`');
  });
});

describe('a lock file', () => {
  const cache = trivyCache();
  const inputs = { 'cache-dir': cache, scanners: 'vuln' };

  test('with a hole is red, and says by which database', async () => {
    const run = await scan(scanCheckout(lockFile), inputs);
    expect([run.outputs['verdict'], run.outputs['new']]).toEqual(['findings', '1']);
    expect(run.summary).toContain('`CVE-2019-10744`');
    expect(run.summary).toMatch(/database of \d{4}-\d\d-\d\dT.* \(`sha256:[0-9a-f]{12}`\)/);
  });

  test('is ignored with a reason until its last day', async () => {
    const ignore = (expires: string): string =>
      `scan:\n  ignores:\n    - { id: CVE-2019-10744, package: 'pkg:npm/lodash', reason: 'not reached', expires: '${expires}' }\n`;
    const of = (expires: string) =>
      scan(scanCheckout({ ...lockFile, 'shiplock.yml': ignore(expires) }), inputs);
    const [inTime, late] = await Promise.all([of(soon), of('2026-01-01')]);
    expect(inTime.outputs['verdict']).toBe('clean');
    expect(late.outputs['verdict']).toBe('findings');
    expect(late.summary).toContain('Ignores that do not work any more (1)');
  });

  test('that was there before is not red again', async () => {
    const workspace = scanCheckout(lockFile);
    const first = await scan(workspace, inputs, { env: { RUNNER_TEMP: standFolder() } });
    // The run's own folder is gone by then.
    const baseline = first.outputs['json'] ?? '';
    const again = await scan(workspace, { ...inputs, baseline });
    expect(again.outputs).toMatchObject({ verdict: 'warnings', new: '0', existing: '1' });
  });

  test('by a database that is too old, or does not say how old it is, is degraded', async () => {
    const old = trivyCache(new Date(Date.now() - 30 * 24 * 3600 * 1000));
    const workspace = scanCheckout({ ...lockFile, 'shiplock.yml': 'scan: { fail-on: none }' });
    for (const [folder, says] of [
      [old, 'older than'],
      [trivyCache(null), 'is not known'],
    ] as const) {
      const run = await scan(workspace, { ...inputs, 'cache-dir': folder });
      expect([run.outputs['verdict'], run.exitCode]).toEqual(['degraded', 1]);
      expect(run.outputs['degraded-reason']).toContain(says);
    }
  });

  test('without a database is no pass', async () => {
    const run = await scan(scanCheckout(lockFile), { ...inputs, 'cache-dir': standFolder() });
    expect([run.outputs['verdict'], run.exitCode]).toEqual(['scanner-error', 2]);
    expect(run.log).toContain('Trivy has no database');
  });
});

test('a list of materials is looked up too', async () => {
  const sbom = {
    bomFormat: 'CycloneDX',
    specVersion: '1.6',
    version: 1,
    components: [
      { type: 'library', name: 'lodash', version: '4.17.4', purl: 'pkg:npm/lodash@4.17.4' },
    ],
  };
  const workspace = scanCheckout({ 'sbom.json': sbom });
  const inputs = { 'cache-dir': trivyCache(), 'scan-type': 'sbom', 'scan-ref': 'sbom.json' };
  const run = await scan(workspace, inputs);
  expect([run.outputs['verdict'], run.outputs['new']]).toEqual(['findings', '1']);
});

describe('an operating system', () => {
  const inputs = { 'cache-dir': trivyCache(), 'scan-type': 'rootfs', scanners: 'vuln' };

  test('with holes is red; only those with a fix, where that is wanted', async () => {
    const workspace = scanCheckout(debianRoot('13.1'));
    const all = await scan(workspace, inputs, { env: { RUNNER_TEMP: standFolder() } });
    expect(JSON.parse(all.outputs['counts'] ?? '')).toMatchObject({ decisions: { fail: 2 } });
    const written = JSON.parse(readFileSync(all.outputs['json'] ?? '', 'utf8')) as {
      sources: unknown;
    };
    expect(written.sources).toMatchObject([
      { classes: ['vulnerability'], run: { tool: 'trivy', version: trivyVersion, filters: [] } },
    ]);
    const fixable = await scan(workspace, { ...inputs, 'ignore-unfixed': 'true' });
    expect(JSON.parse(fixable.outputs['counts'] ?? '')).toMatchObject({
      decisions: { fail: 1, pass: 1 },
    });
  });

  test('that gets no more updates is red though no hole is known', async () => {
    const run = await scan(scanCheckout(debianRoot('8.11')), inputs);
    expect(run.outputs['verdict']).toBe('findings');
    expect(run.summary).toContain('`end-of-life`');
  });
});

describe('a disk without room', () => {
  const disk = standFolder();

  // Only root may mount; on runners and most machines of developers sudo asks for nothing.
  const asRoot = (...words: [string, ...string[]]) =>
    process.getuid?.() === 0
      ? execFileSync(words[0], words.slice(1))
      : execFileSync('sudo', ['--non-interactive', ...words]);

  beforeAll(() => {
    asRoot('mount', '-t', 'tmpfs', '-o', 'size=256k,mode=1777', 'tmpfs', disk);
  });
  afterAll(() => {
    asRoot('umount', '--lazy', disk);
  });

  test('makes a scan that cannot write its report no pass', async () => {
    // A report of this length does not fit.
    const packages = Object.fromEntries(
      Array.from({ length: 2000 }, (_, index) => [
        `node_modules/one-${index}`,
        { version: '1.0.0' },
      ]),
    );
    const lock = { ...lockFile['package-lock.json'], packages };
    const run = await scan(
      scanCheckout({ 'package-lock.json': lock }),
      { 'cache-dir': trivyCache(), scanners: 'vuln' },
      { env: { RUNNER_TEMP: disk } },
    );
    expect([run.outputs['verdict'], run.exitCode]).toEqual(['scanner-error', 2]);
    expect(run.log).toContain('no space left on device');
  });
});

import { execFileSync, spawnSync } from 'node:child_process';
import { createHash, randomBytes } from 'node:crypto';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { runAction } from '../../support/runner/runner';

const actions = process.env['SHIPLOCK_ACTIONS'] ?? 'actions';
const folder = mkdtempSync(join(tmpdir(), 'shiplock-scanners-'));
const [leaky, clean, empty, out] = ['leaky', 'clean', 'empty', 'out'].map((name) =>
  join(folder, name),
) as [string, string, string, string];
// Made anew in each run: no key is ever in the repository.
const key = `ghp_${randomBytes(36).toString('base64').replaceAll(/\W/g, '').padEnd(36, 'x').slice(0, 36)}`;
let path = process.env['PATH'] ?? '';

function git(repository: string, ...words: string[]): string {
  const identity = ['-c', 'user.name=octocat', '-c', 'user.email=octocat@github.com'];
  return execFileSync('git', [...identity, '-C', repository, ...words], {
    encoding: 'utf8',
  }).trim();
}

function repository(at: string, files: Readonly<Record<string, string>>): void {
  mkdirSync(at);
  git(at, 'init', '--quiet');
  for (const [name, text] of Object.entries(files)) writeFileSync(join(at, name), text);
  git(at, 'add', '--all');
  git(at, 'commit', '--quiet', '--message=first');
}

/** Runs a scanner from an empty folder; gives its exit code. Its log goes to `log`, where there is one. */
function scan(argv: readonly [string, ...string[]], log?: string): number | null {
  const [program, ...words] = argv;
  const { status, stdout, stderr } = spawnSync(program, words, {
    cwd: empty,
    env: { PATH: path, HOME: empty },
    encoding: 'utf8',
  });
  if (log !== undefined) writeFileSync(log, stdout + stderr);
  return status;
}

const report = (name: string): string => join(out, name);
const trivy = (target: string, to: string, scanners: string): number | null =>
  scan([
    'trivy',
    'fs',
    '--quiet',
    '--format',
    'json',
    '--output',
    report(to),
    '--scanners',
    scanners,
    '--skip-db-update',
    '--skip-java-db-update',
    '--skip-check-update',
    '--offline-scan',
    '--cache-dir',
    join(folder, 'cache'),
    target,
  ]);
const gitleaks = (
  target: string,
  to: string,
  format: 'json' | 'sarif',
  ...more: string[]
): number | null =>
  scan([
    'gitleaks',
    'git',
    '--no-banner',
    '--exit-code',
    '0',
    '--report-format',
    format,
    '--report-path',
    report(to),
    ...more,
    target,
  ]);
const truffleHog = (target: string, to: string, ...more: string[]): number | null =>
  scan(
    [
      'trufflehog',
      'git',
      `file://${target}`,
      '--json',
      '--no-update',
      '--no-verification',
      ...more,
    ],
    report(to),
  );

const gate = (inputs: Record<string, string>) =>
  runAction({
    action: join(actions, 'scan-gate'),
    workspace: empty,
    inputs,
    secrets: [key],
    env: { RUNNER_TEMP: out },
  }).done;

beforeAll(() => {
  const scanners = fileURLToPath(new URL('../../environment/scanners', import.meta.url));
  path = `${execFileSync(scanners, { encoding: 'utf8' }).trim()}:${path}`;
  mkdirSync(empty);
  mkdirSync(out);
  repository(leaky, {
    'a.env': `token = "${key}"\n`,
    Dockerfile: 'FROM debian:latest\nUSER root\n',
  });
  repository(clean, {
    'a.txt': 'nothing\n',
    Dockerfile: 'FROM debian:13\nUSER app\nHEALTHCHECK CMD true\n',
  });
});
afterAll(() => {
  rmSync(folder, { recursive: true });
});

const sha256 = (name: string): string =>
  createHash('sha256')
    .update(readFileSync(report(name)))
    .digest('hex');

describe('a key in the history is found', () => {
  test('by Trivy, with what is wrong in the Dockerfile, tied to the commit', async () => {
    expect(trivy(leaky, 'trivy.json', 'secret,misconfig')).toBe(0);
    const reports = `trivy=${report('trivy.json')}, classes=secret misconfiguration, commit=${git(leaky, 'rev-parse', 'HEAD')}`;
    const run = await gate({ reports, 'fail-on': 'secret=unknown, misconfiguration=high' });
    expect(run.outputs['verdict']).toBe('findings');
    expect(run.summary).toContain('`github-pat` | `a.env:1`');
    expect(run.summary).toMatch(/`DS-?\d+`.*`Dockerfile/);
  });

  test('by gitleaks, redacted or not, as JSON and as SARIF, and it can be ignored by its fingerprint', async () => {
    expect(gitleaks(leaky, 'clear.json', 'json')).toBe(0);
    expect(gitleaks(leaky, 'redacted.json', 'json', '--redact')).toBe(0);
    expect(gitleaks(leaky, 'clear.sarif', 'sarif')).toBe(0);
    expect(readFileSync(report('clear.json'), 'utf8')).toContain(key);
    const lines = [
      `gitleaks=${report('clear.json')}, made=here`,
      `gitleaks=${report('redacted.json')}, sha256=${sha256('redacted.json')}`,
      `sarif=${report('clear.sarif')}, classes=secret, made=here`,
    ];
    for (const line of lines) {
      const run = await gate({ reports: line });
      expect([line, run.outputs['verdict'], run.outputs['new']]).toEqual([line, 'findings', '1']);
    }
    const [found] = JSON.parse(readFileSync(report('redacted.json'), 'utf8')) as {
      Fingerprint: string;
    }[];
    writeFileSync(join(empty, '.gitleaksignore'), `# revoked\n${found?.Fingerprint ?? ''}\n`);
    const ignored = await gate({ reports: lines[1] ?? '' });
    rmSync(join(empty, '.gitleaksignore'));
    expect(ignored.outputs['verdict']).toBe('clean');
    expect(ignored.summary).toContain('revoked (.gitleaksignore:2)');
  });

  test('by TruffleHog', async () => {
    expect(truffleHog(leaky, 'leaks.jsonl')).toBe(0);
    const run = await gate({
      reports: `trufflehog=${report('leaks.jsonl')}, made=here`,
      'fail-on': 'secret=unverified',
    });
    expect(run.outputs['verdict']).toBe('findings');
    expect(run.summary).toContain('| unverified | `Github` | `a.env:1` |');
  });
});

test('a history without keys is clean', async () => {
  expect(gitleaks(clean, 'none.json', 'json')).toBe(0);
  expect(truffleHog(clean, 'none.jsonl')).toBe(0);
  const reports = `gitleaks=${report('none.json')}, made=here\ntrufflehog=${report('none.jsonl')}, made=here`;
  const run = await gate({ reports, 'fail-on': 'secret=unverified' });
  expect([run.outputs['verdict'], run.exitCode]).toEqual(['clean', 0]);
});

describe('what looks clean and is not', () => {
  test('TruffleHog on a commit that it cannot find: it ends with 0 and without a finding', async () => {
    expect(truffleHog(leaky, 'lost.jsonl', '--since-commit', 'a'.repeat(40))).toBe(0);
    const run = await gate({
      reports: `trufflehog=${report('lost.jsonl')}, made=here`,
      'allow-empty': 'true',
    });
    expect(run.outputs['verdict']).toBe('scanner-error');
    expect(run.log).toContain('TruffleHog met an error');
  });

  test('Trivy on an empty folder: it ends with 0 and without a finding', async () => {
    expect(trivy(empty, 'empty.json', 'secret,misconfig')).toBe(0);
    const run = await gate({
      reports: `trivy=${report('empty.json')}, classes=secret misconfiguration, made=here`,
    });
    expect(run.outputs['verdict']).toBe('scanner-error');
    expect(run.log).toContain('nothing at all was scanned in it');
  });

  test('Trivy of another commit', async () => {
    expect(trivy(clean, 'other.json', 'secret,misconfig')).toBe(0);
    const run = await gate({
      reports: `trivy=${report('other.json')}, classes=secret, commit=${git(leaky, 'rev-parse', 'HEAD')}`,
    });
    expect(run.outputs['verdict']).toBe('scanner-error');
  });

  test('a scanner that was killed while it wrote', async () => {
    expect(trivy(leaky, 'whole.json', 'secret')).toBe(0);
    writeFileSync(report('cut.json'), readFileSync(report('whole.json'), 'utf8').slice(0, -40));
    const run = await gate({ reports: `trivy=${report('cut.json')}, classes=secret, made=here` });
    expect(run.outputs['verdict']).toBe('scanner-error');
    expect(run.log).toContain('it is cut off');
  });
});

import { spawnSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { chmodSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { scanCheckout } from '../../support/scan-run';
import { lockFile, scan, scannersPath, standFolder, trivyCache } from '../../support/trivy-stand';

// Made anew in each run: no key is ever in the repository.
const key = `ghp_${randomBytes(36).toString('base64').replaceAll(/\W/g, '').padEnd(36, 'x').slice(0, 36)}`;
const cache = trivyCache();
const files = { ...lockFile, 'a.env': `token = "${key}"\n` };

/** Trivy as a step of a workflow starts it: in the checkout, with the job's variables. */
function bareFindings(workspace: string, variables: Record<string, string>): number {
  const report = join(standFolder(), 'report.json');
  const flags = ['--skip-db-update', '--offline-scan', '--cache-dir', cache, '--output', report];
  const { status } = spawnSync('trivy', ['fs', '--quiet', '--format', 'json', ...flags, '.'], {
    cwd: workspace,
    env: { PATH: scannersPath(), HOME: standFolder(), ...variables },
  });
  expect(status).toBe(0);
  const { Results: results = [] } = JSON.parse(readFileSync(report, 'utf8')) as {
    Results?: { Vulnerabilities?: unknown[]; Secrets?: unknown[] }[];
  };
  return results.reduce(
    (sum, { Vulnerabilities = [], Secrets = [] }) => sum + Vulnerabilities.length + Secrets.length,
    0,
  );
}

describe('what turns the findings of a bare Trivy into none, and those of this gate not', () => {
  test('nothing: both find the hole and the key', () => {
    expect(bareFindings(scanCheckout(files), {})).toBe(2);
  });

  test.each<[string, Record<string, string>, Record<string, string>]>([
    ['./trivy.yaml', { 'trivy.yaml': 'scan:\n  skip-files: ["**/*"]\n' }, {}],
    ['TRIVY_ variables', {}, { TRIVY_SKIP_FILES: '**/*', TRIVY_SEVERITY: 'LOW' }],
    ['.trivyignore', { '.trivyignore': 'CVE-2019-10744\ngithub-pat\n' }, {}],
    [
      './trivy-secret.yaml, for secrets',
      {
        'trivy-secret.yaml': 'disable-rules: [github-pat]\n',
        '.trivyignore': 'CVE-2019-10744\n',
      },
      {},
    ],
  ])('%s', async (_what, brought, variables) => {
    const workspace = scanCheckout({ ...files, ...brought });
    expect(bareFindings(workspace, variables)).toBe(0);
    // What the gate takes from ignore files is its own affair: here they are named elsewhere.
    const nothing = join(scanCheckout({ none: '' }), 'none');
    const inputs = { 'cache-dir': cache, 'scan-ref': '.', ignores: nothing };
    const run = await scan(workspace, inputs, { env: variables, secrets: [key] });
    expect([run.outputs['verdict'], run.outputs['new']]).toEqual(['findings', '2']);
  });

  test('a program of the checkout that is first on PATH', async () => {
    const fake = '#!/bin/sh\necho Version: 0.76.0\n';
    const workspace = scanCheckout({ ...files, 'bin/trivy': fake });
    chmodSync(join(workspace, 'bin/trivy'), 0o755);
    const run = await scan(
      workspace,
      { 'cache-dir': cache },
      { env: { PATH: `${join(workspace, 'bin')}:${scannersPath()}` } },
    );
    expect([run.outputs['verdict'], run.outputs['new']]).toEqual(['findings', '2']);
  });
});

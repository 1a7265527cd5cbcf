import { execFileSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { fileURLToPath } from 'node:url';
import { beforeAll, describe, expect, test } from '@jest/globals';
import type { ActionRun } from '../../support/runner/runner';
import { judge, scanCheckout } from '../../support/scan-run';

// Made anew in each run: no key is ever in the repository.
const key = `ghp_${randomBytes(36).toString('base64').replaceAll(/\W/g, '').padEnd(36, 'x').slice(0, 36)}`;
let path = '';
beforeAll(() => {
  const scanners = fileURLToPath(new URL('../../environment/scanners', import.meta.url));
  path = `${execFileSync(scanners, { encoding: 'utf8' }).trim()}:${process.env['PATH'] ?? ''}`;
});

const version = '0.76.0';
const scan = (
  workspace: string,
  inputs: Record<string, string>,
  env: Record<string, string> = {},
  more: Partial<ActionRun> = {},
) =>
  judge(
    workspace,
    { tools: 'trivy', version, offline: 'true', ...inputs },
    {
      env: { PATH: path, ...env },
      ...more,
    },
  );

const leaky = { 'a.env': `token = "${key}"\n`, Dockerfile: 'FROM debian:latest\nUSER root\n' };

describe('a folder', () => {
  const inputs = { scanners: 'secret,misconfig' };

  test('with a key and a bad Dockerfile is red', async () => {
    const run = await scan(scanCheckout(leaky), inputs, {}, { secrets: [key] });
    expect([run.outputs['verdict'], run.exitCode]).toEqual(['findings', 1]);
    expect(run.summary).toContain('`github-pat` | `a.env:1`');
    expect(run.summary).toMatch(/`DS-?\d+`.*`Dockerfile/);
  });

  test('without findings is green', async () => {
    const clean = { Dockerfile: 'FROM debian:13\nUSER app\nHEALTHCHECK CMD true\n', 'a.txt': 'a' };
    const run = await scan(scanCheckout(clean), inputs);
    expect([run.outputs['verdict'], run.exitCode]).toEqual(['clean', 0]);
    expect(run.log).toContain(`trivy ${version} (PATH)`);
  });
});

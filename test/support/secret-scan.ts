import { execFileSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll } from '@jest/globals';
import type { ActionRun, RunResult } from './runner/runner';
import { judge } from './scan-run';

let scannersFolder: string | null = null;

/** Folder with the real Trivy, gitleaks and TruffleHog. */
export function scannersOnPath(): string {
  const script = fileURLToPath(new URL('../environment/scanners', import.meta.url));
  return (scannersFolder ??= execFileSync(script, { encoding: 'utf8' }).trim());
}

/** A key that looks like one of GitHub's. Made anew in each run: none is ever in the repository. */
export function makeKey(): string {
  const signs = randomBytes(90).toString('base64').replaceAll(/\W/g, '');
  return `ghp_${signs.padEnd(36, 'x').slice(0, 36)}`;
}

const folder = mkdtempSync(join(tmpdir(), 'shiplock-secrets-'));
let made = 0;
afterAll(() => {
  rmSync(folder, { recursive: true });
});

/** Path of a new folder, until the end of the suite. */
export const freshFolder = (): string => join(folder, `made-${(made += 1)}`);

interface Found {
  readonly tool: string;
  readonly target: string;
  readonly line: number | null;
  readonly decision: string;
  readonly secret: string;
  readonly rule: string;
}

export interface SecretRun extends RunResult {
  readonly verdict: string | undefined;
  readonly findings: readonly Found[];
  /** `tool file:line` of each finding that is not ignored, sorted. */
  readonly found: readonly string[];
  /** What is left of what was laid out for the tools. */
  readonly left: readonly string[];
}

export const bothTools = 'trufflehog@path gitleaks@path';

/** Runs scan-gate over a checkout, with the tools of PATH; every secret fails. */
export async function scanSecrets(
  checkout: string,
  { inputs = {}, env = {}, ...more }: Partial<ActionRun> = {},
): Promise<SecretRun> {
  const temp = mkdtempSync(join(tmpdir(), 'shiplock-temp-'));
  const PATH = `${scannersOnPath()}:${process.env['PATH'] ?? ''}`;
  const all = { tools: bothTools, 'fail-on': 'secret=unverified', ...inputs };
  try {
    const run = await judge(checkout, all, { env: { RUNNER_TEMP: temp, PATH, ...env }, ...more });
    const path = run.outputs['json'] ?? '';
    const text = path === '' ? '{"findings":[]}' : readFileSync(path, 'utf8');
    const { findings } = JSON.parse(text) as { findings: Found[] };
    const counted = findings.filter(({ decision }) => decision !== 'ignored');
    const found = counted
      .map(({ tool, target, line }) => `${tool} ${target}:${line ?? '?'}`)
      .sort();
    const scans = join(temp, 'shiplock-scans');
    const left = existsSync(scans) ? readdirSync(scans) : [];
    return { ...run, verdict: run.outputs['verdict'], findings, found, left };
  } finally {
    rmSync(temp, { recursive: true });
  }
}

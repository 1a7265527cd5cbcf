import { spawnSync } from 'node:child_process';
import { mkdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { steadyTruffleHog } from '../../../src/commands/trufflehog';
import { startFakeGithub, type FakeGithub } from '../../support/fake-github/server';
import { commit, git, makeRepository } from '../../support/git-repository';
import { freshFolder, makeKey, scannersOnPath, scanSecrets } from '../../support/secret-scan';

let github: FakeGithub;
beforeAll(async () => {
  github = await startFakeGithub();
});
afterAll(() => github.close());

const key = makeKey();
const secret = `token = "${key}"`;

/** Runs a scanner as people do, in the checkout; gives its exit code. */
function bare(checkout: string, program: string, ...words: string[]): number | null {
  // Without the last one a bare TruffleHog now and then ends with 1, whatever it found.
  const variables = {
    ...{ PATH: `${scannersOnPath()}:${process.env['PATH'] ?? ''}`, HOME: checkout },
    ...steadyTruffleHog,
  };
  return spawnSync(program, words, { cwd: checkout, env: variables, stdio: 'ignore' }).status;
}
const bareGitleaks = (checkout: string): number | null =>
  bare(checkout, 'gitleaks', 'git', '--no-banner', '.');
const bareTruffleHog = (checkout: string, ...more: string[]): number | null =>
  bare(
    checkout,
    'trufflehog',
    'git',
    `file://${checkout}`,
    '--no-update',
    '--no-verification',
    '--fail',
    ...more,
  );

interface Change {
  readonly checkout: string;
  readonly base: string;
  readonly head: string;
}

function changed(change: (checkout: string) => void): Change {
  const checkout = makeRepository(freshFolder());
  const base = commit(checkout, { 'readme.txt': 'one\n' });
  change(checkout);
  const head = commit(checkout, {});
  github.world.commit(base);
  return { checkout, base, head };
}

const scan = (
  { checkout, base, head }: Change,
  inputs: Record<string, string> = {},
  env: Record<string, string> = {},
) =>
  scanSecrets(checkout, {
    inputs,
    secrets: [key],
    env: { GITHUB_API_URL: github.url, ...env },
    event: {
      name: 'pull_request',
      payload: { pull_request: { base: { ref: 'main', sha: base }, head: { sha: head } } },
    },
  });

/** Both tools find it in the pull request that brings it. */
async function expectSeen(
  change: Change,
  file: string,
  env: Record<string, string> = {},
): Promise<void> {
  const run = await scan(change, {}, env);
  if (run.verdict !== 'findings') throw new Error(run.log);
  const seen = new Set(run.found.map((one) => one.replace(/:\d+$/, '')));
  expect([...seen]).toEqual([`TruffleHog ${file}`, `gitleaks ${file}`]);
}

describe('what hides a key from gitleaks hides it no more', () => {
  test('.gitleaks.toml of the scanned code, and a variable of the job', async () => {
    const settings = "[allowlist]\npaths = ['''.*''']\n";
    const change = changed((checkout) =>
      commit(checkout, { 'a.env': secret, '.gitleaks.toml': settings }),
    );
    expect(bareGitleaks(change.checkout)).toBe(0);
    await expectSeen(change, 'a.env', { GITLEAKS_CONFIG: join(change.checkout, '.gitleaks.toml') });
  });

  test('.gitleaksignore of the scanned code', async () => {
    const change = changed((checkout) => {
      const id = commit(checkout, { 'a.env': secret });
      writeFileSync(join(checkout, '.gitleaksignore'), `${id}:a.env:github-pat:1\n`);
    });
    expect(bareGitleaks(change.checkout)).toBe(0);
    await expectSeen(change, 'a.env');
  });

  test('a zero byte in the file', async () => {
    const change = changed((checkout) => commit(checkout, { 'a.env': `\0\n${secret}\n` }));
    expect(bareGitleaks(change.checkout)).toBe(0);
    expect((await scan(change, { tools: 'gitleaks@path' })).found).toEqual(['gitleaks a.env:2']);
  });

  test('its base64', async () => {
    const encoded = Buffer.from(`${secret}\n${secret}\n`).toString('base64');
    const change = changed((checkout) => commit(checkout, { 'a.env': `data = ${encoded}\n` }));
    expect(bareGitleaks(change.checkout)).toBe(0);
    const run = await scan(change, { tools: 'gitleaks@path' });
    expect([run.verdict, run.found.length > 0]).toEqual(['findings', true]);
  });
});

test('.gitattributes that make it no text hide it from both, and hide it no more', async () => {
  const change = changed((checkout) =>
    commit(checkout, { 'a.env': secret, '.gitattributes': '*.env -diff\n' }),
  );
  expect([bareGitleaks(change.checkout), bareTruffleHog(change.checkout)]).toEqual([0, 0]);
  await expectSeen(change, 'a.env');
});

describe('what hides a key from TruffleHog hides it no more', () => {
  test('a new name for the file that gets the key', async () => {
    const lines = Array.from({ length: 50 }, (_, at) => `${at}\n`).join('');
    const change = changed((checkout) => {
      commit(checkout, { 'a.txt': lines });
      git(checkout, 'mv', 'a.txt', 'a.env');
      commit(checkout, { 'a.env': `${lines}${secret}\n` });
    });
    expect(bareTruffleHog(change.checkout)).toBe(0);
    const run = await scanSecrets(change.checkout, {
      event: { name: 'schedule' },
      sha: change.head,
      secrets: [key],
    });
    expect(run.found).toEqual(['TruffleHog a.env:51', 'gitleaks a.env:51']);
  });

  test('a link that becomes a file', async () => {
    const change = changed((checkout) => {
      symlinkSync('readme.txt', join(checkout, 'a.env'));
      commit(checkout, {});
      rmSync(join(checkout, 'a.env'));
      commit(checkout, { 'a.env': secret });
    });
    expect(bareTruffleHog(change.checkout)).toBe(0);
    const run = await scanSecrets(change.checkout, {
      event: { name: 'schedule' },
      sha: change.head,
      secrets: [key],
    });
    expect(run.found).toEqual(['TruffleHog a.env:1', 'gitleaks a.env:1']);
  });

  test('a merge of a branch that is older than the base', async () => {
    const checkout = makeRepository(freshFolder());
    const first = commit(checkout, { 'a.txt': '1' });
    git(checkout, 'checkout', '--quiet', '-b', 'old');
    commit(checkout, { 'a.env': secret });
    git(checkout, 'checkout', '--quiet', 'main');
    const base = commit(checkout, { 'b.txt': '1' });
    git(checkout, 'checkout', '--quiet', '-b', 'feature', first);
    git(checkout, 'merge', '--quiet', '--no-edit', 'main', 'old');
    const head = git(checkout, 'rev-parse', 'HEAD');
    github.world.commit(base);
    expect(bareTruffleHog(checkout, '--since-commit', base, '--branch', head)).toBe(0);
    await expectSeen({ checkout, base, head }, 'a.env');
  });
});

test('a key that a merge itself adds hides from both, and hides no more', async () => {
  const change = changed((checkout) => {
    git(checkout, 'checkout', '--quiet', '-b', 'other');
    commit(checkout, { 'b.txt': '1' });
    git(checkout, 'checkout', '--quiet', 'main');
    commit(checkout, { 'c.txt': '1' });
    git(checkout, 'merge', '--quiet', '--no-commit', 'other');
    commit(checkout, { 'a.env': secret });
  });
  expect([bareGitleaks(change.checkout), bareTruffleHog(change.checkout)]).toEqual([0, 0]);
  await expectSeen(change, 'a.env');
});

describe('comments', () => {
  const allowed = {
    'g.env': `${secret} # gitleaks:allow\n`,
    't.env': `${secret} # trufflehog:ignore\n`,
  };
  let change: Change;
  beforeAll(() => {
    change = changed((checkout) => commit(checkout, allowed));
  });
  const all = ['TruffleHog g.env:1', 'TruffleHog t.env:1', 'gitleaks g.env:1', 'gitleaks t.env:1'];
  const push = (inputs: Record<string, string>) =>
    scanSecrets(change.checkout, {
      inputs,
      event: { name: 'schedule' },
      sha: change.head,
      secrets: [key],
    });

  test('have no say in the pull request that brings them', async () => {
    const alone = makeRepository(freshFolder());
    commit(alone, allowed);
    expect(bareGitleaks(alone)).toBe(1);
    rmSync(join(alone, 't.env'));
    expect((await scan(change)).found).toEqual(all);
  });

  test('hide once they are merged, and are listed', async () => {
    const run = await push({});
    expect(run.findings).toHaveLength(4);
    expect(run.found.length).toBeLessThan(4);
    expect(run.findings.filter(({ decision }) => decision === 'ignored')).not.toEqual([]);
    expect(run.summary).toMatch(/comment (?:gitleaks:allow|trufflehog:ignore)/);
  });

  test('hide nothing where ignores need a reason', async () => {
    expect((await push({ 'strict-ignores': 'true' })).found).toEqual(all);
  });

  test('in a folder count the same way', async () => {
    const folder = join(change.checkout, 'part');
    mkdirSync(folder);
    for (const [name, text] of Object.entries(allowed)) writeFileSync(join(folder, name), text);
    writeFileSync(join(folder, '.gitleaksignore'), `${folder}/g.env:github-pat:1\n`);
    const run = await scanSecrets(change.checkout, {
      inputs: { path: 'part', 'strict-ignores': 'true' },
      secrets: [key],
    });
    expect(run.found).toEqual(all);
    rmSync(folder, { recursive: true });
  });
});

test('an empty folder is no clean one', async () => {
  const checkout = freshFolder();
  mkdirSync(checkout);
  const run = await scanSecrets(checkout, {});
  expect([run.verdict, run.exitCode]).toEqual(['scanner-error', 2]);
  expect(run.log).toContain('nothing at all was scanned');
});

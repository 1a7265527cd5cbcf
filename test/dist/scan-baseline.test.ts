import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, jest, test } from '@jest/globals';
import { startFakeGithub, type FakeGithub } from '../support/fake-github/server';
import { startCacheServer, type CacheServer } from '../support/runner/cache-server';
import type { ActionRun } from '../support/runner/runner';
import { judge, provenTrivy, scanCheckout } from '../support/scan-run';
import { trivySample } from '../support/scan-samples';

// Each run is a process of its own.
jest.setTimeout(60_000);

let cache: CacheServer;
let github: FakeGithub;
/** The path of a cached folder is part of its key: on a runner it is always the same. */
let temp: string;
beforeEach(async () => {
  [cache, github] = await Promise.all([startCacheServer(), startFakeGithub()]);
  temp = mkdtempSync(join(tmpdir(), 'shiplock-baseline-'));
});
afterEach(() => {
  rmSync(temp, { recursive: true });
  cache.close();
  github.close();
});

const [zero, first, second, merge] = ['0', '1', '2', 'c'].map((digit) => digit.repeat(40)) as [
  string,
  string,
  string,
  string,
];
const fresh = {
  Target: 'Dockerfile.dev',
  Class: 'config',
  Misconfigurations: [{ ID: 'DS002', Severity: 'HIGH', Status: 'FAIL' }],
};
const worse = { ...trivySample, Results: [...trivySample.Results, fresh] };

const lenient = 'scan: { missing-baseline: gate-on-all }';

const push = (sha: string, before: string): Partial<ActionRun> => ({
  ref: 'refs/heads/main',
  sha,
  event: { name: 'push', payload: { before, after: sha } },
});

/** A pull request whose event is older than the merge commit that is scanned. */
function pull(mergedInto: string): Partial<ActionRun> {
  github.world.commit(merge);
  github.world.commit(first);
  github.world.file('shiplock.yml', lenient);
  github.world.parents.set(merge, [mergedInto, 'a'.repeat(40)]);
  const base = { ref: 'main', sha: first };
  const payload = { number: 1, pull_request: { head: { sha: 'a'.repeat(40) }, base } };
  return { ref: 'refs/pull/1/merge', sha: merge, event: { name: 'pull_request', payload } };
}

const run = (report: unknown, more: Partial<ActionRun>, inputs: Record<string, string> = {}) =>
  judge(
    scanCheckout({
      'trivy.json': report,
      'shiplock.yml': lenient,
    }),
    { reports: provenTrivy, baseline: 'cache', ...inputs },
    { ...more, env: { ...cache.env, GITHUB_API_URL: github.url, RUNNER_TEMP: temp } },
  );

describe('the baseline in the cache', () => {
  test('is the result of the commit before: of two pushes the second one is red for what it brings', async () => {
    const one = await run(trivySample, push(first, zero));
    expect(one.outputs).toMatchObject({ verdict: 'findings', new: '5' });
    expect(one.summary).toContain('built upon no commit');
    const two = await run(worse, push(second, first));
    expect(two.outputs).toMatchObject({ verdict: 'findings', new: '1', existing: '5' });
    expect(two.summary).toContain('Compared with the result of main at 1111111');
    // Running it again changes nothing: it is not compared with itself.
    const again = await run(worse, { ...push(second, first), runAttempt: '2' });
    expect(again.outputs).toMatchObject({ verdict: 'findings', new: '1', existing: '5' });
    expect(cache.keys).toHaveLength(3);
  });

  test('of a pull request is the result of what it was merged into', async () => {
    await run(trivySample, push(first, zero));
    await run(worse, push(second, first));
    const { outputs, summary } = await run(worse, pull(second));
    expect(outputs).toMatchObject({ new: '0', existing: '6' });
    expect(summary).toContain('Compared with the result of main at 2222222');
    // A pull request keeps nothing: what is not merged has no say.
    expect(cache.keys).toHaveLength(2);
  });

  test('is the last one of the branch where there is none of that commit, and says so', async () => {
    await run(trivySample, push(first, zero));
    const { outputs, summary } = await run(worse, pull(second));
    expect(outputs).toMatchObject({ verdict: 'findings', new: '1', existing: '5' });
    expect(summary).toContain('main at 1111111, as there is none of main at 2222222');
  });

  test('that is not there lets everything count, or fails the run', async () => {
    const all = await run(trivySample, push(second, first));
    expect(all.outputs).toMatchObject({ verdict: 'findings', new: '5' });
    expect(all.summary).toContain('no result of main at 1111111');
    const workspace = scanCheckout({ 'trivy.json': trivySample });
    const env = { ...cache.env, GITHUB_API_URL: github.url, RUNNER_TEMP: temp };
    const strict = await judge(
      workspace,
      { reports: provenTrivy, baseline: 'cache', category: 'other' },
      { ...push(second, first), env },
    );
    expect([strict.outputs['verdict'], strict.exitCode]).toEqual(['scanner-error', 2]);
  });

  test('that is down is none', async () => {
    cache.behave('down');
    const { outputs, log } = await run(trivySample, push(second, first));
    expect(outputs).toMatchObject({ verdict: 'findings', new: '5' });
    expect(log).toContain('This result could not be kept');
  });

  test('that was made with another key is none', async () => {
    await run(worse, push(first, zero), { 'fingerprint-key': 'the key of the pull request' });
    const { outputs, summary } = await run(worse, push(second, first), {
      'fingerprint-key': 'the key of the team',
    });
    expect(outputs).toMatchObject({ verdict: 'findings', new: '6' });
    expect(summary).toContain('sealed with another fingerprint-key');
  });

  test('is not made of a report that could not be read', async () => {
    const { exitCode } = await run(JSON.stringify(trivySample).slice(0, -20), push(first, zero));
    expect(exitCode).toBe(2);
    expect(cache.keys).toEqual([]);
  });
});

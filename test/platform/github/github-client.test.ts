import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { GithubFailure, ShiplockError } from '../../../src/errors';
import { systemClock, type Clock } from '../../../src/platform/clock';
import { checksApi } from '../../../src/platform/github/github-checks';
import { githubClient } from '../../../src/platform/github/github-client';
import { repositoryApi } from '../../../src/platform/github/github-repository';
import {
  faults,
  rateLimit,
  secondaryLimit,
  slow,
  type Fault,
} from '../../support/fake-github/faults';
import { startFakeGithub, type FakeGithub } from '../../support/fake-github/server';
import { defaultCommit } from '../../support/fake-github/world';

let github: FakeGithub;
let slept: number[];
let told: string[];
beforeEach(async () => {
  github = await startFakeGithub();
  slept = [];
  told = [];
});
afterEach(() => {
  github.close();
});

// Pauses are noted, not kept.
const hasty: Clock = {
  ...systemClock,
  sleep: (ms) => {
    slept.push(ms);
    return Promise.resolve();
  },
};

function client(token = 'ghs_x', signal = new AbortController().signal) {
  const server = { url: github.url, repository: 'octo-org/octo-repo', token };
  const patience = { clock: hasty, signal, tell: (text: string) => void told.push(text) };
  return githubClient(server, patience);
}

const ask = (...given: Parameters<typeof client>) => repositoryApi(client(...given)).repository();
const asked = () => github.requests.length;

async function failureOf(work: Promise<unknown>): Promise<GithubFailure> {
  const thrown = await work.then(
    () => null,
    (reason: unknown) => reason,
  );
  if (!(thrown instanceof GithubFailure)) throw new Error(`none of GitHub's: ${String(thrown)}`);
  return thrown;
}

describe('what passes by itself is asked again', () => {
  test.each<[string, Fault]>([
    ['500', faults.serverError],
    ['502 with HTML', faults.badGateway],
    ['503', faults.unavailable],
    ['a dropped connection', faults.drop],
    ['an answer that breaks off', faults.cut],
    ['a page of HTML with 200', faults.html],
  ])('%s', async (_, fault) => {
    github.fail({ times: 2, with: fault });
    expect(await ask()).toMatchObject({ name: 'octo-repo', license: 'MIT' });
    expect(slept).toEqual([1000, 4000]);
    expect(told[0]).toMatch(/^GitHub did not tell about the repository: .+; asking again in 1 s$/);
    expect(told.join()).not.toContain('<html>');
  });

  test('but not for ever', async () => {
    github.fail({ with: faults.badGateway });
    const failure = await failureOf(ask());
    expect(asked()).toBe(3);
    expect(failure).toMatchObject({ status: 502, retryAfterMs: 0, fault: 'remote' });
    expect(failure.message).toBe('GitHub did not tell about the repository: it answered 502');
    expect(failure.hint).toContain('githubstatus.com');
  });
});

describe('a rate limit', () => {
  test('is waited for as long as GitHub says, when that is short', async () => {
    github.fail({ times: 1, with: rateLimit(30) });
    github.fail({ times: 1, with: secondaryLimit(7) });
    await ask();
    expect(slept[0]).toBeGreaterThan(28_000);
    expect(slept[0]).toBeLessThanOrEqual(31_000);
    expect(slept[1]).toBe(7000);
  });

  test.each<[string, Fault, number]>([
    ['the hourly one', rateLimit(1800), 1_800_000],
    ['the hourly one as 429', rateLimit(1800, 429), 1_800_000],
    ['too much at once', secondaryLimit(90), 90_000],
  ])('that lasts is an error that says how long: %s', async (_, fault, ms) => {
    github.fail({ with: fault });
    const failure = await failureOf(ask());
    expect(asked()).toBe(1);
    expect(Math.abs((failure.retryAfterMs ?? 0) - ms)).toBeLessThan(3000);
    expect(failure.hint).toContain('rate limit');
  });

  test.each([secondaryLimit(null), secondaryLimit(null, 429)])(
    'of which GitHub does not say how long it lasts takes a minute',
    async (fault) => {
      github.fail({ times: 1, with: fault });
      await ask();
      expect(slept).toEqual([60_000]);
    },
  );
});

describe('what does not pass by itself is an error at once', () => {
  test.each<[Fault, number, string]>([
    [faults.badCredentials, 401, 'not valid any more'],
    [faults.forbidden, 403, 'permissions that the README'],
    [faults.notFound, 404, 'what a token may not see'],
    [faults.invalid, 422, 'look at the inputs'],
  ])('%j', async (fault, status, hint) => {
    github.fail({ with: fault });
    const failure = await failureOf(ask());
    expect(failure).toMatchObject({ status, retryAfterMs: null, fault: 'user' });
    expect(failure.hint).toContain(hint);
    expect(asked()).toBe(1);
  });

  test('and names the permission that is missing', async () => {
    github.world.permissions = { statuses: 'read' };
    const status = { state: 'success', context: 'gate', description: '', url: '' } as const;
    const failure = await failureOf(checksApi(client()).setStatus(defaultCommit, status));
    expect(failure.message).toContain('GitHub did not tell whether it took the commit status gate');
    expect(failure.hint).toBe('Give the job the permission that this takes: statuses: write.');
  });

  test('without a token nobody is asked', async () => {
    expect(await failureOf(ask(''))).toMatchObject({ status: 401, retryAfterMs: null });
    expect(asked()).toBe(0);
  });
});

describe('a run that is cancelled', () => {
  test('does not wait for an answer', async () => {
    const controller = new AbortController();
    github.fail({ with: slow(20_000) });
    const answer = ask('ghs_x', controller.signal);
    setTimeout(
      () => controller.abort(new ShiplockError('The run was cancelled', { fault: 'user' })),
      50,
    );
    await expect(answer).rejects.toThrow('The run was cancelled');
  });

  test('can still say so, once', async () => {
    const signal = AbortSignal.abort(new Error('over'));
    expect(await ask('ghs_x', signal)).toMatchObject({ name: 'octo-repo' });
    github.fail({ with: faults.badGateway });
    expect(await failureOf(ask('ghs_x', signal))).toMatchObject({ status: 502 });
    expect(asked()).toBe(2);
  });
});

describe('the checks of a commit', () => {
  test('know workflow, file, event and run; those of others do not', async () => {
    const run = github.world.run({ name: 'CI', event: 'merge_group' });
    const build = github.world.job(run, { name: 'build', conclusion: 'timed_out' });
    const codecov = github.world.check({ name: 'patch', app: 'codecov', conclusion: 'neutral' });
    const status = github.world.status({
      context: 'preview',
      state: 'pending',
      url: 'https://x.test/1',
    });
    const checks = await checksApi(client()).checks(defaultCommit);
    const workflow = {
      name: 'CI',
      path: '.github/workflows/ci.yml',
      event: 'merge_group',
      run: run.id,
    };
    expect(checks).toEqual([
      expect.objectContaining({ kind: 'check', id: codecov.id, app: 'codecov', workflow: null }),
      expect.objectContaining({ kind: 'check', id: build.id, name: 'build', workflow }),
      expect.objectContaining({ kind: 'run', id: run.id, name: 'CI', workflow }),
      expect.objectContaining({
        kind: 'status',
        id: status.id,
        name: 'preview',
        url: 'https://x.test/1',
      }),
    ]);
  });

  test('are all of them, over several pages', async () => {
    const run = github.world.run({ name: 'CI' });
    for (let index = 0; index < 250; index += 1) {
      github.world.job(run, { name: `job ${index}` });
      github.world.status({ context: `status ${index}` });
      github.world.run({ name: `W${index}` });
    }
    const checks = await checksApi(client()).checks(defaultCommit);
    const count = (kind: string) => checks.filter((one) => one.kind === kind).length;
    expect([count('check'), count('status'), count('run')]).toEqual([250, 250, 251]);
  });

  test('are asked for by a commit, whatever names it', async () => {
    github.world.tag('v1.0.0');
    expect(await checksApi(client()).commit('v1.0.0')).toBe(defaultCommit);
    await expect(checksApi(client()).commit('gone')).rejects.toThrow(
      'No commit found for SHA: gone',
    );
  });

  test.each([
    ['one job runs there', ['R1'], true],
    ['two jobs run there', ['R1', 'R1'], false],
    ['none does', ['R2'], false],
  ])('are told from the own one by the runner: %s', async (_, runners, found) => {
    const run = github.world.run({ name: 'CI' });
    github.world.job(run, { name: 'old', runner: 'R1' });
    const jobs = runners.map((runner, index) =>
      github.world.job(run, { name: `job ${index}`, status: 'in_progress', runner }),
    );
    expect(await checksApi(client()).ownCheckRun(run.id, 'R1')).toBe(found ? jobs[0]?.id : null);
  });
});

import { readFileSync } from 'node:fs';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { operations, slicePath } from '../../scripts/github-slice';
import { faults, rateLimit, secondaryLimit, slow, type Fault } from './fake-github/faults';
import { handlers } from './fake-github/handlers';
import { startFakeGithub, type FakeGithub } from './fake-github/server';
import { defaultCommit } from './fake-github/world';

let github: FakeGithub;
beforeEach(async () => {
  github = await startFakeGithub();
});
afterEach(() => {
  github.close();
});

const at = '/repos/octo-org/octo-repo';

async function ask(path: string, body?: object, headers: Record<string, string> = {}) {
  const method = body === undefined ? 'GET' : 'POST';
  const signed = { authorization: 'token ghs_x', 'user-agent': 'test', ...headers };
  const sent = body === undefined ? {} : { body: JSON.stringify(body) };
  const response = await fetch(github.url + path, { method, headers: signed, ...sent });
  const text = await response.text();
  const json = /^(?:[[{]|$)/.test(text) && text !== '';
  return {
    status: response.status,
    headers: response.headers,
    text,
    body: json ? (JSON.parse(text) as unknown) : null,
  };
}

describe('the description', () => {
  test('has what is asked for and nothing else, and all of it is answered', () => {
    const described = [...readFileSync(slicePath, 'utf8').matchAll(/"operationId": "(.+)"/g)].map(
      ([, id]) => id,
    );
    expect(described.toSorted()).toEqual(operations);
    expect(Object.keys(handlers).toSorted()).toEqual(operations);
  });

  test.each([
    ['no operation', '/repos/octo-org/octo-repo/nothing', undefined, 'no operation'],
    [
      'a query of no meaning',
      `${at}/commits/main/check-runs?per-page=100`,
      undefined,
      'query per-page is not known',
    ],
    [
      'a value that is none of the list',
      `${at}/commits/main/check-runs?filter=newest`,
      undefined,
      'allowed values',
    ],
    [
      'a word for a number',
      `${at}/commits/main/statuses?per_page=many`,
      undefined,
      'must be integer',
    ],
    [
      'a word for a number in the path',
      `${at}/actions/runs/last/jobs`,
      undefined,
      'path/run_id must be integer',
    ],
    [
      'a key of no meaning',
      `${at}/statuses/${defaultCommit}`,
      { state: 'success', url: 'x' },
      'additionalProperty":"url',
    ],
    [
      'a body that lacks something',
      `${at}/statuses/${defaultCommit}`,
      { context: 'x' },
      "must have required property 'state'",
    ],
  ])('refuses %s, and the test fails', async (_, path, body, says) => {
    const strict = await startFakeGithub();
    github.close();
    github = strict;
    expect((await ask(path, body)).status).toBe(400);
    expect(() => {
      strict.close();
    }).toThrow(says);
    github = await startFakeGithub();
  });
});

describe('what it holds', () => {
  test('can be asked for, changes, and is paged', async () => {
    const run = github.world.run({ name: 'CI' });
    for (let index = 0; index < 5; index += 1) github.world.job(run, { name: `job ${index}` });
    const first = await ask(`${at}/commits/main/check-runs?per_page=3`);
    expect(first.body).toMatchObject({ total_count: 5, check_runs: [{ name: 'job 4' }, {}, {}] });
    const next = /<(.*)>; rel="next"/.exec(first.headers.get('link') ?? '')?.[1] ?? '';
    const second = await ask(next.slice(github.url.length));
    expect(second.body).toMatchObject({ check_runs: [{ name: 'job 1' }, { name: 'job 0' }] });
    expect(second.headers.get('link')).toBeNull();
  });

  test('shows the last one of a name in a suite, unless all are asked for', async () => {
    const run = github.world.run({ name: 'CI' });
    github.world.job(run, { name: 'build', conclusion: 'failure' });
    github.world.job(run, { name: 'build' });
    const path = `${at}/commits/${defaultCommit}/check-runs`;
    expect((await ask(path)).body).toMatchObject({
      total_count: 1,
      check_runs: [{ conclusion: 'success' }],
    });
    expect((await ask(`${path}?filter=all`)).body).toMatchObject({ total_count: 2 });
  });

  test('keeps what it is told', async () => {
    const told = await ask(`${at}/statuses/${defaultCommit}`, {
      state: 'failure',
      context: 'gate',
      target_url: null,
    });
    expect(told.status).toBe(201);
    const { body } = await ask(`${at}/commits/main/statuses`);
    expect(body).toMatchObject([{ state: 'failure', context: 'gate', target_url: null }]);
  });

  test('gives a file as text or as JSON, and none where there is none', async () => {
    github.world.file('.github/workflows/ci.yml', 'jobs: {}');
    const path = `${at}/contents/.github%2Fworkflows%2Fci.yml`;
    expect((await ask(path, undefined, { accept: 'application/vnd.github.raw' })).text).toBe(
      'jobs: {}',
    );
    expect((await ask(path)).body).toMatchObject({ content: 'am9iczoge30=' });
    expect((await ask(`${at}/contents/README.md`)).status).toBe(404);
    expect((await ask(`${path}?ref=nowhere`)).status).toBe(404);
  });

  test.each([
    ['/repos/octo-org/other', 404],
    [`${at}/commits/${'0'.repeat(40)}/statuses`, 422],
    [`${at}/commits/gone`, 422],
    [`${at}/actions/runs/1/jobs`, 404],
  ])('is all there is: %s is %i', async (path, status) => {
    expect((await ask(path)).status).toBe(status);
  });
});

describe('a request fails', () => {
  test('without a token, and where the token may not', async () => {
    const unsigned = await fetch(github.url + at, { headers: { 'user-agent': 'test' } });
    expect(unsigned.status).toBe(401);
    github.world.permissions = { statuses: 'read', checks: 'none' };
    const written = await ask(`${at}/statuses/${defaultCommit}`, { state: 'success' });
    expect(written.status).toBe(403);
    expect(written.headers.get('x-accepted-github-permissions')).toBe('statuses=write');
    expect((await ask(`${at}/commits/main/check-runs`)).status).toBe(403);
    expect((await ask(`${at}/commits/main/statuses`)).status).toBe(200);
  });

  test.each<[number, Fault]>([
    [401, faults.badCredentials],
    [403, faults.forbidden],
    [404, faults.notFound],
    [422, faults.invalid],
    [500, faults.serverError],
    [502, faults.badGateway],
    [503, faults.unavailable],
    [429, secondaryLimit(null, 429)],
  ])('with %i as often as wanted, and then no more', async (status, fault) => {
    github.fail({ operation: 'repos/get', times: 2, with: fault });
    const asked = [await ask(at), await ask(`${at}/commits/main`), await ask(at), await ask(at)];
    expect(asked.map((one) => one.status)).toEqual([status, 200, status, 200]);
  });

  test('with the headers of a rate limit', async () => {
    github.fail({ times: 1, with: rateLimit(30) });
    github.fail({ times: 1, with: secondaryLimit(7) });
    const [primary, secondary] = [await ask(at), await ask(at)];
    expect(primary.headers.get('x-ratelimit-remaining')).toBe('0');
    expect(Number(primary.headers.get('x-ratelimit-reset'))).toBeGreaterThan(Date.now() / 1000);
    expect(secondary.headers.get('retry-after')).toBe('7');
  });

  test.each([faults.drop, faults.cut])('with a connection that ends: %j', async (fault) => {
    github.fail({ times: 1, with: fault });
    await expect(ask(at)).rejects.toThrow(/fetch failed|terminated/);
  });

  test('late', async () => {
    github.fail({ with: slow(50) });
    expect((await ask(at)).status).toBe(200);
  });
});

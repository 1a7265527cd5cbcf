import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { setTimeout as sleep } from 'node:timers/promises';
import { type Environment, startEnvironment } from '../support/environment';
import { openStream } from '../support/load/stream';
import { startLoad } from '../support/load/load';
import { buildSampleImages } from '../support/sample-app';
import { installSampleStack, startSampleStack } from '../support/sample-app-stack';
import type { Server } from '../support/server';

const include = `
resolver 127.0.0.11 valid=2s ipv6=off;
set $shiplock_backend backend:8000;
set $shiplock_frontend frontend:3000;
`;

let environment: Environment;
let server: Server;
let origin: string;

beforeAll(async () => {
  environment = await startEnvironment();
  await buildSampleImages({ versions: { v1: {}, v2: { schema: 2 } } });
  server = await environment.startServer({ name: 'sample' });
  await installSampleStack(server);
  await startSampleStack(server, { version: 'v1', include });
  origin = `http://127.0.0.1:${server.httpPort}`;
}, 900_000);

afterAll(() => environment.stop());

const get = async (path: string): Promise<unknown> => (await fetch(origin + path)).json();
const post = async (path: string, body: object): Promise<unknown> => {
  const headers = { 'content-type': 'application/json' };
  return (
    await fetch(origin + path, { method: 'POST', headers, body: JSON.stringify(body) })
  ).json();
};
const compose = (...args: string[]) =>
  server.exec(['docker', 'compose', '--project-directory', '/srv/sample', ...args]);

/** Asks again until the answer satisfies, for at most 20 s; the last answer is what the caller judges. */
const askUntil = async <Answer>(
  ask: () => Promise<Answer>,
  enough: (answer: Answer) => boolean,
): Promise<Answer> => {
  const deadline = Date.now() + 20_000;
  let answer = await ask();
  while (!enough(answer) && Date.now() < deadline) {
    await sleep(200);
    answer = await ask();
  }
  return answer;
};

/** A backend (or another service) of its own beside the stack, with knobs; it is asked from inside, past the proxy. */
const startBackend = async (knobs: Record<string, string | number>, service = 'backend') => {
  const flags = Object.entries(knobs).flatMap(([name, value]) => ['-e', `${name}=${value}`]);
  const { stdout, stderr } = await compose('run', '--detach', '--no-deps', ...flags, service);
  const id = stdout.trim().split('\n').at(-1) ?? '';
  if (id === '') throw new Error(stderr);
  const program =
    'import http.client, json, sys\n' +
    'c = http.client.HTTPConnection("127.0.0.1", 8000)\n' +
    'c.request("GET", sys.argv[1], headers=json.loads(sys.argv[2])); print(c.getresponse().status)';
  return {
    /** 0 while nothing listens. */
    status: async (path: string, headers: Record<string, string> = {}): Promise<number> => {
      const argv = ['docker', 'exec', id, 'python3', '-c', program, path, JSON.stringify(headers)];
      return Number((await server.exec(argv)).stdout);
    },
    state: () =>
      server.docker(['inspect', '--format', '{{.State.Status}} {{.State.ExitCode}}', id]),
    remove: () => server.docker(['rm', '--force', id]),
  };
};

describe('the stack behind nginx', () => {
  test('is healthy when all its parts answer, and unhealthy when one is gone', async () => {
    const connected = { database: 'connected', redis: 'connected', celery: 'connected' };
    const isHealthy = (answer: unknown) => (answer as { status: string }).status === 'healthy';
    const health = () => get('/api/health');
    expect(await askUntil(health, isHealthy)).toEqual({
      status: 'healthy',
      version: 'v1',
      ...connected,
    });

    await compose('stop', 'celery-worker');
    const without = await askUntil(health, (answer) => !isHealthy(answer));
    expect(without).toEqual({
      status: 'unhealthy',
      version: 'v1',
      ...connected,
      celery: 'disconnected',
    });
    await compose('start', 'celery-worker');
    expect(await askUntil(health, isHealthy)).toMatchObject({ celery: 'connected' });
  });

  test('the frontend shows its own version and the one of its backend', async () => {
    expect(await get('/')).toEqual({ version: 'v1', backend: 'v1' });
  });

  test('items are kept in the database', async () => {
    await post('/api/items', { name: 'first' });
    expect(await get('/api/items')).toMatchObject({ version: 'v1', items: [{ name: 'first' }] });
  });

  test('a job leaves one start and one end', async () => {
    const { id } = (await post('/api/jobs', { seconds: 0.5 })) as { id: number };
    const jobs = await askUntil(
      async () => ((await get('/api/jobs')) as { jobs: { id: number; ended: number }[] }).jobs,
      ([job]) => (job?.ended ?? 0) > 0,
    );
    expect(jobs).toEqual([{ id, started: 1, ended: 1, versions: ['v1'] }]);
  });

  test('streams and load go through nginx without a failure', async () => {
    const stream = openStream({ url: origin, host: 'sample.test', seconds: 3 });
    const loads = await Promise.all(
      (['new', 'keep-alive'] as const).map((connections) =>
        startLoad({ url: `${origin}/api/version`, host: 'sample.test', rate: 100, connections }),
      ),
    );
    expect(await stream.ended).toMatchObject({ completed: true, versions: ['v1'] });
    for (const load of loads) {
      const report = await load.stop();
      expect(report).toMatchObject({ failures: {}, versions: [{ version: 'v1' }] });
      expect(report.sent).toBeGreaterThan(100);
    }
  });
});

describe('migrations', () => {
  const alembic = (tag: string, env: string[], ...args: string[]) =>
    server.exec([
      ...[
        'sh',
        '-c',
        'cd /srv/sample && IMAGE_TAG=$0 exec docker compose run --rm --no-deps "$@"',
        tag,
      ],
      ...[...env.flatMap((pair) => ['-e', pair]), 'backend', 'alembic', ...args],
    ]);

  test('a failed one leaves the schema as it was', async () => {
    const failed = await alembic('v2', ['FAIL_MIGRATION=1'], 'upgrade', 'head');
    expect(failed.code).not.toBe(0);
    expect(failed.stderr).toContain('table_that_is_not_there');
    expect((await alembic('v2', [], 'current')).stdout.trim()).toBe('0001');
  });

  test('the second version brings a second revision, which the first one can run beside', async () => {
    expect((await alembic('v2', [], 'upgrade', 'head')).code).toBe(0);
    expect((await alembic('v2', [], 'current')).stdout.trim()).toBe('0002 (head)');
    expect(await get('/api/items')).toMatchObject({ version: 'v1', items: [{ name: 'first' }] });
  });
});

describe('knobs', () => {
  const answering = async (knobs: Record<string, string | number>, path = '/api/version') => {
    const backend = await startBackend(knobs);
    const first = await askUntil(
      () => backend.status(path),
      (status) => status > 0,
    );
    return { ...backend, first };
  };

  test('BOOT_SECONDS: nothing listens before', async () => {
    const started = Date.now();
    const backend = await answering({ BOOT_SECONDS: 4 });
    expect(backend.first).toBe(200);
    expect(Date.now() - started).toBeGreaterThan(4000);
    await backend.remove();
  });

  test('NEVER_HEALTHY: only the health endpoint says no', async () => {
    const backend = await answering({ NEVER_HEALTHY: 1 });
    expect([backend.first, await backend.status('/api/health')]).toEqual([200, 503]);
    await backend.remove();
  });

  test('FAIL_AFTER: healthy at first', async () => {
    const backend = await answering({ FAIL_AFTER: 5 }, '/api/health');
    expect(backend.first).toBe(200);
    expect(
      await askUntil(
        () => backend.status('/api/health'),
        (status) => status !== 200,
      ),
    ).toBe(503);
    await backend.remove();
  });

  test('FAIL_AFTER_SWITCH: probes leave it healthy, a request of the proxy starts the clock', async () => {
    const backend = await answering({ FAIL_AFTER_SWITCH: 2 }, '/api/health');
    await sleep(3000);
    expect(await backend.status('/api/health')).toBe(200);
    expect(await backend.status('/api/version', { 'X-Forwarded-For': '192.0.2.7' })).toBe(200);
    expect(
      await askUntil(
        () => backend.status('/api/health'),
        (status) => status !== 200,
      ),
    ).toBe(503);
    expect(await backend.status('/api/version')).toBe(200);
    await backend.remove();
  });

  test.each([
    ['backend', 'CRASH_AFTER'],
    ['frontend', 'FRONTEND_CRASH_AFTER'],
    ['celery-worker', 'WORKER_BROKEN'],
  ])('%s with %s: the container ends with 3', async (service, knob) => {
    const backend = await startBackend({ [knob]: 1 }, service);
    expect(await askUntil(backend.state, (state) => state.startsWith('exited'))).toBe('exited 3');
    await backend.remove();
  });

  test('ERROR_PERCENT: the share is exact, and the health endpoint is spared', async () => {
    const backend = await answering({ ERROR_PERCENT: 50 }, '/api/health');
    const statuses: number[] = [];
    for (let count = 0; count < 6; count++) statuses.push(await backend.status('/api/version'));
    expect(statuses).toEqual([500, 200, 500, 200, 500, 200]);
    expect(backend.first).toBe(200);
    await backend.remove();
  });

  test('SLOW_MS: an answer takes longer', async () => {
    const backend = await answering({ SLOW_MS: 1500 }, '/api/health');
    const started = Date.now();
    expect(await backend.status('/api/version')).toBe(200);
    expect(Date.now() - started).toBeGreaterThan(1500);
    await backend.remove();
  });
});

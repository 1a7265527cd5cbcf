import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { startEnvironment, type Environment } from '../../support/environment';
import { loginInputs } from '../../support/login-inputs';
import { releasedContainers } from '../../support/release/services';
import { runAction, type RunResult } from '../../support/runner/runner';
import { buildSampleImages, sampleFolder, type SampleVersion } from '../../support/sample-app';
import { installSampleStack } from '../../support/sample-app-stack';
import type { Server } from '../../support/server';

const names = ['c1', 'c2', 'c3', 'c4', 'c5', 'c6'] as const;
const taskSeconds = 20;
const actions = process.env['SHIPLOCK_ACTIONS'] ?? 'actions';
const address = { headers: { host: 'sample.test', connection: 'close' } };

let environment: Environment;
let server: Server;
let images: Record<string, SampleVersion>;
let workspace: string;

const health = { interval: '1s', timeout: '30s', deadline: '120s' };
const config = {
  app: 'sample',
  directory: '/srv/sample',
  release: {
    backend: { port: 8000, health: { path: '/api/version', ...health } },
    frontend: { port: 3000, health: { path: '/healthz', ...health } },
    'celery-worker': {
      'stop-grace': '60s',
      health: {
        command: 'celery -A app.worker inspect ping -d celery@$HOSTNAME',
        ...health,
        successes: 1,
      },
    },
  },
  proxy: {
    ...{ kind: 'nginx', service: 'nginx', 'config-dir': 'nginx/shiplock' },
    confirm: 'http://sample.test/',
  },
  migrate: { service: 'backend', command: 'alembic upgrade head' },
  ...{ bake: '2s', drain: '2s', linger: '1s', retain: 1 },
  environments: { production: {} },
};

/** A worker that takes four tasks at a time, so that some are always at work. */
async function checkOut(): Promise<void> {
  workspace = await mkdtemp(join(tmpdir(), 'shiplock-checkout-'));
  const compose = await readFile(join(sampleFolder, 'docker-compose.yml'), 'utf8');
  const busier = compose.replace('--concurrency 1', '--concurrency 4');
  await writeFile(join(workspace, 'docker-compose.yml'), busier);
  await writeFile(join(workspace, 'shiplock.yml'), JSON.stringify(config));
}

beforeAll(async () => {
  environment = await startEnvironment();
  images = await buildSampleImages({
    versions: { c1: {}, c2: {}, c3: {}, c4: {}, c5: {}, c6: {} },
  });
  const shared = ['postgres:17', 'redis:8', 'nginx:1.26', 'app:c1'];
  server = await environment.startServer({
    name: 'tasks',
    images: [
      environment.keeperImage,
      ...shared.map((image) => `127.0.0.1:5000/shiplock-sample/${image}`),
    ],
  });
  await installSampleStack(server);
  await checkOut();
  await deploy('c1');
}, 600_000);

afterAll(async () => {
  await environment.stop();
  await rm(workspace, { recursive: true, force: true });
});

async function deploy(version: string): Promise<RunResult> {
  const { app = '', frontend = '' } = images[version] ?? {};
  const result = await runAction({
    action: join(actions, 'deploy'),
    workspace,
    inputs: {
      ...(await loginInputs(environment, server)),
      version,
      images: `backend=${app}\nfrontend=${frontend}\ncelery-worker=${app}`,
    },
  }).done;
  if (result.exitCode !== 0) throw new Error(`${version} did not arrive:\n${result.log}`);
  return result;
}

interface Job {
  readonly id: number;
  readonly started: number;
  readonly ended: number;
  readonly versions: readonly string[];
}

const api = (path: string): string => `http://127.0.0.1:${server.httpPort}/api/${path}`;

async function jobs(): Promise<readonly Job[]> {
  const answer = await fetch(api('jobs'), address);
  return ((await answer.json()) as { jobs: Job[] }).jobs;
}

/** Gives the workers a long task every few seconds. @returns stops it, and says how many were taken, and what failed */
function keepGivingTasks(): () => Promise<{ given: number; failures: string[] }> {
  let [given, over] = [0, false];
  const failures: string[] = [];
  const give = async (): Promise<void> => {
    const body = JSON.stringify({ seconds: taskSeconds });
    const headers = { ...address.headers, 'content-type': 'application/json' };
    const answer = await fetch(api('jobs'), { method: 'POST', body, headers });
    if (answer.status === 202) given += 1;
    else failures.push(`HTTP ${answer.status}`);
  };
  const giving = (async () => {
    while (!over) {
      await give().catch((thrown: unknown) => failures.push(String(thrown)));
      await new Promise((resolve) => setTimeout(resolve, 6000));
    }
  })();
  return async () => {
    over = true;
    await giving;
    return { given, failures };
  };
}

async function untilAllEnded(limitMs: number): Promise<readonly Job[]> {
  const end = Date.now() + limitMs;
  for (;;) {
    const all = await jobs();
    if (all.every(({ ended }) => ended > 0) || Date.now() > end) return all;
    await new Promise((resolve) => setTimeout(resolve, 1000));
  }
}

test('a task of 20 s is finished over five deploys: none is lost, none runs twice', async () => {
  const stop = keepGivingTasks();
  const oldWorkers: number[] = [];
  for (const version of names.slice(1)) {
    await deploy(version);
    const all = await releasedContainers(server);
    const old = all.filter(({ service, running }) => service === 'celery-worker' && !running);
    oldWorkers.push(...old.map(({ exitCode }) => exitCode));
  }
  const { given, failures } = await stop();
  const all = await untilAllEnded(120_000);
  expect(failures).toEqual([]);
  expect(all).toHaveLength(given);
  expect(all.filter(({ started, ended }) => started !== 1 || ended !== 1)).toEqual([]);
  // Every version had its share, so every handover met tasks at work; no worker had to be killed.
  expect([...new Set(all.flatMap(({ versions }) => versions))].sort()).toEqual([...names]);
  expect([oldWorkers.length, ...new Set(oldWorkers)]).toEqual([names.length - 1, 0]);
}, 600_000);

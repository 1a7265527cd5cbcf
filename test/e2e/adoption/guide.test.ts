import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startEnvironment, type Environment } from '../../support/environment';
import { openStream } from '../../support/load/stream';
import { loginInputs } from '../../support/login-inputs';
import { pages } from '../../support/pages';
import { letVisitorsIn, type Visitors } from '../../support/release/visitors';
import { pasteable } from '../../support/pasteable';
import { runAction, type RunResult } from '../../support/runner/runner';
import { buildSampleImages, type SampleVersion } from '../../support/sample-app';
import { inShop, plainComposeFile, shopFolder, startShop } from '../../support/shop-stack';
import type { Server } from '../../support/server';

const actions = process.env['SHIPLOCK_ACTIONS'] ?? 'actions';
const page = pages().find(({ path }) => path === 'docs/adopt.md');

/** The blocks of the page in one language, in their order. */
const blocks = (language: string): readonly string[] =>
  (page?.blocks ?? []).filter((one) => one.language === language).map(({ code }) => code);

const [nginxFile = ''] = blocks('nginx');
const [shiplockFile = '', step = ''] = blocks('yaml');
const [lines = ''] = blocks('diff');
const [records = '', check = '', later = ''] = blocks('sh');

let environment: Environment;
let server: Server;
let images: Record<'v1' | 'v2', SampleVersion>;
let workspace: string;
let visitors: Visitors;

beforeAll(async () => {
  environment = await startEnvironment();
  images = await buildSampleImages({ versions: { v1: {}, v2: { schema: 2 } } });
  server = await environment.startServer({
    name: 'guide',
    images: [
      environment.keeperImage,
      ...['postgres:17', 'redis:8', 'nginx:1.26', 'app:v1', 'frontend:v1'].map(
        (image) => `${environment.parts.registry}/shiplock-sample/${image}`,
      ),
    ],
  });
  await startShop(server, 'v1', nginxFile);
  workspace = await mkdtemp(join(tmpdir(), 'shiplock-guide-'));
  await writeFile(join(workspace, 'docker-compose.yml'), await plainComposeFile());
  // The waits alone are shorter than a reader's.
  await writeFile(join(workspace, 'shiplock.yml'), `${shiplockFile}linger: 1s\ndrain: 10s\n`);
  const url = `http://127.0.0.1:${server.httpPort}/api/version`;
  visitors = await letVisitorsIn({ origin: url, server }, 50, 'shop.example.com');
}, 900_000);

afterAll(async () => {
  await visitors.stop();
  await environment.stop();
  await rm(workspace, { recursive: true, force: true });
});

const run = async (action: string, inputs: Record<string, string> = {}): Promise<RunResult> =>
  runAction({
    action: join(actions, action),
    workspace,
    inputs: {
      ...(await loginInputs(environment, server)),
      bake: '5s',
      ...inputs,
    },
  }).done;

const deploy = (inputs: Record<string, string> = {}): Promise<RunResult> => {
  const { app, frontend } = images.v2;
  const all = `backend=${app}\ncelery-worker=${app}\nfrontend=${frontend}`;
  return run('deploy', { version: 'v2', images: all, ...inputs });
};

/** What a diff of the page makes of a text. */
function patched(text: string, diff: string): string {
  const side = (sign: string): string =>
    diff
      .split('\n')
      .filter((line) => line === '' || line.startsWith(' ') || line.startsWith(sign))
      .map((line) => line.slice(1))
      .join('\n');
  const before = side('-');
  if (text.split(before).length !== 2) throw new Error(`this is not there once:\n${before}`);
  return text.replace(before, () => side('+'));
}

const old = async (): Promise<readonly string[]> => {
  const format = '{{.Label "com.docker.compose.service"}} {{.State}}';
  const filter = 'label=com.docker.compose.project=shop';
  const listed = await server.docker(['ps', '-a', '--filter', filter, '--format', format]);
  return listed.split('\n').sort();
};

test('the page has a block for every step', () => {
  for (const block of [nginxFile, shiplockFile, step, lines, records, check, later])
    expect(block).not.toBe('');
  expect(step).toContain('dry-run: true');
});

test('a dry run is refused with the steps, and leads from one to the next', async () => {
  await inShop(server, records, 'root');
  const first = await deploy({ 'dry-run': 'true' });
  expect(first).toMatchObject({ exitCode: 3, outputs: { verdict: 'refused' } });
  const [file = '', reload = ''] = pasteable(first.log);
  await inShop(server, file);
  await server.writeFile(
    `${shopFolder}/nginx/conf.d/shop.conf`,
    patched(nginxFile, lines),
    '644',
    'deploy',
  );
  expect(`${reload}\n`).toBe(check);
  await inShop(server, check);
  const second = await deploy({ 'dry-run': 'true' });
  expect(second.exitCode).toBe(0);
  expect(second.log).toMatch(
    /1-adopted: what runs under docker compose as shop \(backend × 1, frontend × 1, celery-worker × 1\)/,
  );
  // What a reload breaks for kept connections is told on the page.
  await visitors.failures();
});

test('the first release takes over without a failed request or a cut stream', async () => {
  const stream = openStream({
    url: `http://127.0.0.1:${server.httpPort}`,
    host: 'shop.example.com',
    seconds: 5,
  });
  await stream.opened;
  const result = await deploy();
  expect(result).toMatchObject({
    exitCode: 0,
    outputs: { verdict: 'deployed', release: '2-v2', previous: '1-adopted' },
  });
  expect(await stream.ended).toMatchObject({ completed: true, versions: ['v1'] });
  expect(await old()).toEqual([
    'backend exited',
    'celery-worker exited',
    'frontend exited',
    'nginx running',
    'postgres running',
    'redis running',
  ]);
  expect(await visitors.failures()).toEqual([]);
});

test('shared services are updated by name, and the way back is open', async () => {
  await inShop(server, later);
  expect((await old()).filter((one) => one.endsWith('running'))).toHaveLength(3);
  const result = await run('rollback', { version: 'adopted' });
  expect(result).toMatchObject({
    exitCode: 0,
    outputs: { verdict: 'rolled-back', release: '1-adopted', slot: 'adopted' },
  });
  expect((await old()).every((one) => one.endsWith('running'))).toBe(true);
  expect(await visitors.failures()).toEqual([]);
});

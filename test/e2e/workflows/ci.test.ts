import { randomBytes } from 'node:crypto';
import { copyFile, cp, mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { runWorkflow, type WorkflowResult } from '../../support/act';
import { buildImage, startEnvironment } from '../../support/environment';
import { startFakeGithub } from '../../support/fake-github/server';
import type { Analysis } from '../../support/fake-github/world';
import { runAction } from '../../support/runner/runner';
import { docker, outputOf } from '../../support/run-command';
import { sampleFolder } from '../../support/sample-app';
import { lockFile, scannersPath, trivyCache } from '../../support/trivy-stand';

const registry = '127.0.0.1:5000';
// Never pushed before, so that every tag is this run's; the image's name is its lower-case form.
const repository = `Octo-Org/CI-App-${process.pid}-${Date.now()}`;
const name = repository.toLowerCase();
const image = `${registry}/${name}`;
const actions = process.env['SHIPLOCK_ACTIONS'] ?? 'actions';
const example = 'workflows-examples/ci.yml';
const workflow = '.github/workflows/ci.yml';

let app: string;
/** Folder with Trivy's database. */
let database: string;
/** What of this repository GitHub would fetch to run an action. */
let released: string;

beforeAll(async () => {
  await startEnvironment();
  const base = await buildImage('shiplock-sample-base', join(sampleFolder, 'base'));
  await docker(['tag', base, 'ci-app-base']);
  app = await mkdtemp(join(tmpdir(), 'shiplock-ci-'));
  await cp(join(import.meta.dirname, 'ci-app'), app, { recursive: true });
  await mkdir(join(app, dirname(workflow)), { recursive: true });
  await copyFile(example, join(app, workflow));
  released = await mkdtemp(join(tmpdir(), 'shiplock-released-'));
  for (const part of ['actions', 'dist'])
    await cp(join(dirname(actions), part), join(released, part), { recursive: true });
  database = trivyCache();
  await git('init', '--quiet', '--initial-branch', 'main');
  await git('remote', 'add', 'origin', `https://github.com/${repository}.git`);
  await commit('The app');
}, 600_000);

afterAll(async () => {
  const built = (await docker(['image', 'ls', '--quiet', image])).split('\n').filter(Boolean);
  if (built.length > 0) await docker(['image', 'rm', '--force', ...new Set(built)]);
  for (const folder of [released, app]) await rm(folder, { recursive: true, force: true });
});

function git(...args: readonly string[]): Promise<string> {
  return outputOf(['git', '-C', app, ...args]);
}

async function commit(message: string): Promise<string> {
  const author = ['-c', 'user.name=Shiplock tests', '-c', 'user.email=tests@shiplock.invalid'];
  await git('add', '--all');
  await git(...author, 'commit', '--quiet', '--allow-empty', '--message', message);
  return git('rev-parse', 'HEAD');
}

/**
 * What act lacks of GitHub does not stand in the way here: `job.check_run_id` is empty, which only a gate that reads checks needs. The API
 * is a stand-in that knows this repository: its commits, and what its files say.
 */
async function start(
  event: string,
  payload: object,
): Promise<WorkflowResult & { readonly alerts: readonly Analysis[] }> {
  const github = await startFakeGithub();
  const { world } = github;
  const [owner = '', name = ''] = repository.split('/');
  Object.assign(world.repository, { owner, name });
  for (const sha of (await git('rev-list', '--all')).split('\n')) world.commit(sha);
  for (const path of ['.trivyignore', workflow])
    world.file(path, await readFile(join(app, path), 'utf8'));
  try {
    return { ...(await startAt(github.url, event, payload)), alerts: world.analyses };
  } finally {
    github.close();
  }
}

function startAt(api: string, event: string, payload: object): Promise<WorkflowResult> {
  const known = {
    name: 'CI-App',
    full_name: repository,
    html_url: `https://github.com/${repository}`,
    default_branch: 'main',
  };
  return runWorkflow({
    checkout: app,
    workflow,
    event,
    payload: { repository: known, ...payload },
    secrets: { GITHUB_TOKEN: 'ghs_'.padEnd(40, 'x') },
    vars: {
      REGISTRY: registry,
      SECRET_SCANNER: 'gitleaks@path',
      IMAGE_SCANNER: 'trivy@path',
      TRIVY_CACHE: database,
      TRIVY_OFFLINE: 'true',
    },
    env: { GITHUB_API_URL: api },
    path: scannersPath(),
    repositories: { 'shiplock/shiplock@v0': released },
  });
}

async function push(ref: string): ReturnType<typeof start> {
  const after = await git('rev-parse', 'HEAD');
  return start('push', { ref, after });
}

const jobsOf = ({ jobs }: WorkflowResult) =>
  Object.fromEntries(jobs.map(({ name, result }) => [name.replace('CI/', ''), result]));

/** As act tells them: of a job that is skipped it says nothing. */
const [Lint, Test, Secrets, Scan, Image, Smoke, Gate] = Array.from({ length: 7 }, () => 'success');
const checked = { Lint, Test, Secrets, Scan };

/** What the registry says of the image. */
const ask = (path: string): Promise<Response> => {
  const accept = 'application/vnd.docker.distribution.manifest.v2+json';
  return fetch(`http://${registry}/v2/${name}/${path}`, { headers: { accept } });
};

async function pushedTags(): Promise<readonly string[]> {
  const { tags } = (await (await ask('tags/list')).json()) as { tags?: readonly string[] };
  return [...(tags ?? [])].sort();
}

async function digestOf(tag: string): Promise<string | null> {
  return (await ask(`manifests/${tag}`)).headers.get('docker-content-digest');
}

/** Labels of an image as the registry has it. */
async function labelsOf(tag: string): Promise<Readonly<Record<string, string>>> {
  const { config } = (await (await ask(`manifests/${tag}`)).json()) as {
    config: { digest: string };
  };
  const image = (await (await ask(`blobs/${config.digest}`)).json()) as {
    config: { Labels: Record<string, string> };
  };
  return image.config.Labels;
}

describe('the example workflow', () => {
  test('of a pull request checks and builds, pushes nothing, and is green though a job is skipped', async () => {
    const repo = { full_name: repository };
    const base = { ref: 'main', sha: await git('rev-parse', 'HEAD'), repo };
    const head = { ref: 'feature', sha: await commit('A change'), repo };
    const result = await start('pull_request', {
      number: 7,
      pull_request: { number: 7, head, base },
    });
    expect(jobsOf(result)).toEqual({ ...checked, Image, Gate });
    expect(result.succeeded).toBe(true);
    expect(result.summaries.join('\n')).toContain(`${image}:pr-7`);
    expect(result.summaries.at(-1)).toMatch(/smoke.+skipped/);
    expect(result.summaries.join('\n')).toContain(`image ${image}:pr-7 (local, sha256:`);
    expect(result.alerts.map(({ ref }) => ref)).toEqual(['refs/pull/7/head', 'refs/pull/7/head']);
    expect(await pushedTags()).toEqual([]);
  });

  test('on main checks, pushes under the tags of image-tags, starts the image by digest, and gives one green gate', async () => {
    const sha = await git('rev-parse', 'HEAD');
    const result = await push('refs/heads/main');
    expect(jobsOf(result)).toEqual({ ...checked, Image, Smoke, Gate });
    expect(result.log).toContain('Hello, lock');
    expect(await pushedTags()).toEqual(['edge', `sha-${sha.slice(0, 7)}`]);
    expect(await digestOf('edge')).toBe(await digestOf(`sha-${sha.slice(0, 7)}`));
    expect(await labelsOf('edge')).toMatchObject({
      'org.opencontainers.image.revision': sha,
      'org.opencontainers.image.version': 'edge',
      'org.opencontainers.image.source': `https://github.com/${repository}`,
    });
  });

  test('of a tag moves what the version is the highest of, and of an older line leaves the newer tags alone', async () => {
    for (const tag of ['v1.2.0', 'v1.1.9']) {
      await writeFile(join(app, 'greeting.mjs'), greeting(`Hello from ${tag},`));
      await writeFile(join(app, 'greeting.test.mjs'), greetingTest(`Hello from ${tag},`));
      await commit(`Towards ${tag}`);
      await git('tag', tag);
      const result = await push(`refs/tags/${tag}`);
      expect(jobsOf(result)).toEqual({ ...checked, Image, Smoke, Gate });
      expect(result.log).toContain(`Hello from ${tag}, lock`);
    }
    const tags = await pushedTags();
    expect(tags).toEqual(expect.arrayContaining(['1', '1.1', '1.1.9', '1.2', '1.2.0', 'latest']));
    const [newest, older] = [await digestOf('1.2.0'), await digestOf('1.1.9')];
    expect(newest).not.toBe(older);
    for (const tag of ['1', '1.2', 'latest']) expect(await digestOf(tag)).toBe(newest);
    expect(await digestOf('1.1')).toBe(older);
  });

  test('with a job that fails builds and pushes nothing, and its gate says what failed', async () => {
    const before = await pushedTags();
    await writeFile(join(app, 'greeting.mjs'), greeting('Bye'));
    await commit('Break it');
    const result = await push('refs/heads/main');
    expect(result.succeeded).toBe(false);
    expect(jobsOf(result)).toEqual({ ...checked, Test: 'failure', Gate: 'failure' });
    const gate = result.summaries.at(-1);
    expect(gate).toMatch(/❌ \| .*`test`.+ failure/);
    expect(gate).toMatch(/❌ \| .*`image`.+ skipped/);
    expect(await pushedTags()).toEqual(before);
    await git('reset', '--quiet', '--hard', 'HEAD~');
  });

  test('with a key in a commit that the next one took back, and a hole in what it depends on, is red for both and pushes nothing', async () => {
    const before = await pushedTags();
    const key = `ghp_${randomBytes(36).toString('hex').slice(0, 36)}`;
    await writeFile(join(app, 'token.txt'), `token = "${key}"\n`);
    await commit('Oops');
    await rm(join(app, 'token.txt'));
    await writeFile(join(app, 'package-lock.json'), JSON.stringify(lockFile['package-lock.json']));
    await commit('Nothing to see here');
    const result = await push('refs/heads/main');
    const [Secrets, Scan, Gate] = Array.from({ length: 3 }, () => 'failure');
    expect(jobsOf(result)).toEqual({ Lint, Test, Secrets, Scan, Gate });
    const told = result.summaries.join('\n');
    expect(told).toContain('token.txt');
    expect(told).toContain('CVE-2019-10744');
    expect(result.log).not.toContain(key);
    expect(result.alerts).toHaveLength(2);
    expect(await pushedTags()).toEqual(before);
  });
});

const greeting = (word: string): string =>
  `export const greeting = (name) => \`${word} \${name}\`;\n`;
const greetingTest = (word: string): string =>
  [
    "import { equal } from 'node:assert/strict';",
    "import { test } from 'node:test';",
    "import { greeting } from './greeting.mjs';",
    `test('greets', () => equal(greeting('ship'), '${word} ship'));`,
    '',
  ].join('\n');

/** The job `gate` alone, as GitHub would start it after jobs that act cannot have: with the API, and with jobs that were cancelled. */
async function gate(results: Readonly<Record<string, string>>) {
  const github = await startFakeGithub();
  try {
    github.world.file(workflow, await readFile(example, 'utf8'));
    const needs = Object.entries(results).map(([job, result]) => [job, { result, outputs: {} }]);
    return await runAction({
      action: join(actions, 'merge-gate'),
      workspace: app,
      event: { name: 'push', payload: {} },
      ref: 'refs/heads/main',
      inputs: { jobs: JSON.stringify(Object.fromEntries(needs)), 'allowed-skips': 'smoke' },
      env: {
        GITHUB_API_URL: github.url,
        GITHUB_JOB: 'gate',
        GITHUB_WORKFLOW_REF: `octo-org/octo-repo/${workflow}@refs/heads/main`,
        GITHUB_WORKFLOW_SHA: 'ffac537e6cbbf934b08745a378932722df287a53',
      },
    }).done;
  } finally {
    github.close();
  }
}

describe('its gate', () => {
  const green = {
    lint: 'success',
    test: 'success',
    secrets: 'success',
    scan: 'success',
    image: 'success',
    smoke: 'success',
  };

  test.each([
    ['all passed', green, 'success'],
    ['smoke skipped by its own condition', { ...green, smoke: 'skipped' }, 'success'],
    [
      'one cancelled',
      { ...green, test: 'cancelled', image: 'skipped', smoke: 'skipped' },
      'failure',
    ],
    ['the last one cancelled', { ...green, smoke: 'cancelled' }, 'failure'],
    [
      'one failed, and the allowed skip came from it',
      { ...green, image: 'failure', smoke: 'skipped' },
      'failure',
    ],
  ])('%s', async (_what, results, verdict) => {
    const { outputs, conclusion, log } = await gate(results);
    expect(outputs['result']).toBe(verdict);
    expect(conclusion).toBe(verdict);
    for (const [job, result] of Object.entries(results)) expect(log).toContain(`${job}: ${result}`);
  });

  test('names where a skip comes from', async () => {
    const { log } = await gate({ ...green, test: 'cancelled', image: 'skipped', smoke: 'skipped' });
    expect(log).toContain('✗ image: skipped (because test ended with cancelled)');
    expect(log).toContain('✗ smoke: skipped (because test ended with cancelled)');
  });
});

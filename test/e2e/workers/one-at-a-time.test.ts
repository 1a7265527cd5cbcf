import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import {
  changeStack,
  readStackFile,
  releasedContainers,
  runningServices,
  type ReleasedContainer,
} from '../../support/release/services';
import { openSite, type Site } from '../../support/release/site';

let site: Site<'v1' | 'v2' | 'v3' | 'bad'>;
let original: string;

const image = '127.0.0.1:5000/shiplock-dinghy/app:${IMAGE_TAG:-v1}';
/** Takes a second to stop, as a scheduler that finishes what it is at. */
const schedule =
  "process.on('SIGTERM', () => setTimeout(() => process.exit(0), 1000)); setInterval(() => {}, 999)";
const beat = { image, restart: 'always', command: ['node', '-e', schedule] };
const crashAfter = (ms: number): object => ({
  command: ['node', '-e', `setTimeout(() => process.exit(3), ${ms})`],
});
/** Crashes as soon as visitors get its version, and again after each restart. */
const crashingOnceLive = {
  command: [
    'node',
    '-e',
    "setInterval(() => fetch('http://nginx/').then((answer) => answer.json()).then(({ version }) => version === process.env.APP_VERSION && process.exit(3), () => undefined), 500)",
  ],
};

const web = {
  port: 8080,
  health: { path: '/healthz', interval: '200ms', deadline: '20s' },
};
const release = (settle: string) => ({
  release: {
    web,
    worker: { health: { settle, interval: '200ms', successes: 1, deadline: '30s' } },
    beat: { overlap: false, health: { settle: '500ms', interval: '200ms' } },
  },
});

const only = async (service: string): Promise<readonly ReleasedContainer[]> =>
  (await releasedContainers(site.server)).filter((one) => one.service === service);

const beatOf = async (id: string): Promise<ReleasedContainer> => {
  const found = (await only('beat')).find((one) => one.release === id);
  if (found === undefined) throw new Error(`there is no beat of ${id}`);
  return found;
};

const withWorker = async (worker: object, settle: string, bake: string): Promise<void> => {
  await changeStack(site, original, { services: { beat, worker: { ...worker } } });
  await site.configure({ ...release(settle), bake });
};

beforeAll(async () => {
  const versions = { v1: {}, v2: {}, v3: {}, bad: { failAfterSwitch: 1 } };
  site = await openSite({ name: 'one', versions });
  original = await readStackFile(site);
  await withWorker({}, '500ms', '1s');
  await site.arrive('v1');
}, 600_000);

afterAll(() => site.close());

describe('a scheduler of which two must never run', () => {
  test('starts anew only once the old one has stopped', async () => {
    await site.arrive('v2');
    const [old, now] = [await beatOf('1-v1'), await beatOf('2-v2')];
    expect([old.running, old.exitCode, now.running]).toEqual([false, 0, true]);
    expect(now.startedMs).toBeGreaterThanOrEqual(old.finishedMs);
  });

  test('comes back when the release does not hold', async () => {
    const before = await beatOf('2-v2');
    await withWorker({}, '500ms', '30s');
    const result = await site.deploy('bad');
    expect(result.outputs['verdict']).toBe('rolled-back');
    const after = await beatOf('2-v2');
    expect(after.running).toBe(true);
    expect(after.startedMs).toBeGreaterThan(before.startedMs);
    expect(await runningServices(site.server)).toEqual([
      'beat of 2-v2',
      'web of 2-v2',
      'worker of 2-v2',
    ]);
  });
});

describe('a worker that nobody can ask', () => {
  test('and that crashes before it has settled never becomes live', async () => {
    await withWorker(crashAfter(3000), '5s', '1s');
    const before = await beatOf('2-v2');
    const result = await site.deploy('v3');
    expect(result.outputs['verdict']).toBe('failed');
    expect(result.log).toMatch(/worker-1 exited with code 3/);
    expect(await beatOf('2-v2')).toEqual(before);
  });

  test('and that is restarted again and again sends traffic back', async () => {
    await withWorker(crashingOnceLive, '1s', '60s');
    const before = [await site.serving(), ...(await runningServices(site.server))];
    const result = await site.deploy('v3');
    expect(result.outputs['verdict']).toBe('rolled-back');
    expect(result.log).toMatch(/worker-1 (crashed and was restarted|restarting|exited)/);
    expect([await site.serving(), ...(await runningServices(site.server))]).toEqual(before);
  });
});

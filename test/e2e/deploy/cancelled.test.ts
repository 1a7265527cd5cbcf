import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { readRecords } from '../../support/release/facts';
import { unsettled } from '../../support/release/settled';
import { openSite, type Site } from '../../support/release/site';
import { letVisitorsIn, type Visitors } from '../../support/release/visitors';

let site: Site<'v1' | 'v2' | 'v3' | 'v4'>;
let visitors: Visitors;

beforeAll(async () => {
  site = await openSite({ name: 'cancel', versions: { v1: {}, v2: {}, v3: {}, v4: {} } });
  await site.arrive('v1');
  visitors = await letVisitorsIn(site);
}, 600_000);

afterAll(async () => {
  await visitors.stop();
  await site.close();
});

test('before anything began: refused to begin, nothing is touched', async () => {
  const before = await readRecords(site.server);
  const run = site.startDeploy('v2');
  run.cancel();
  const result = await run.done;
  expect(result.conclusion).toBe('cancelled');
  expect(result.exitCode).not.toBe(0);
  expect(await readRecords(site.server)).toEqual(before);
  expect(await unsettled(site, 'v1')).toEqual([]);
});

test('before the go: what was begun is undone, a migration that runs is not cut', async () => {
  const migrate = { service: 'web', command: 'sleep 4; echo moored' };
  await site.configure({ migrate });
  const run = site.startDeploy('v2');
  await run.seen(/^▸ migrate/);
  run.cancel();
  const result = await run.done;
  expect(result).toMatchObject({
    conclusion: 'cancelled',
    exitCode: 1,
    outputs: { verdict: 'failed' },
  });
  expect(result.log).toMatch(/The run was cancelled/);
  expect(result.log).toMatch(/failed, BLUE/);
  expect(await unsettled(site, 'v1')).toEqual([]);
  expect(await visitors.failures()).toEqual([]);
  await site.configure();
});

test('after the go, and it ends soon: the release goes on, and main still says how it ended', async () => {
  const run = site.startDeploy('v2', { bake: '3s' });
  await run.seen(/^▸ bake/);
  run.cancel();
  const result = await run.done;
  expect(result).toMatchObject({
    conclusion: 'cancelled',
    exitCode: 0,
    outputs: { verdict: 'deployed' },
  });
  expect(result.log).toMatch(/cancelled after the go: the server ends this release by itself/);
  expect(await unsettled(site, 'v2')).toEqual([]);
  expect(await visitors.failures()).toEqual([]);
});

test('after the go, and it takes longer than a runner waits: post tells the truth', async () => {
  const run = site.startDeploy('v3', { bake: '16s' });
  await run.seen(/^▸ bake/);
  run.cancel();
  const result = await run.done;
  expect(result).toMatchObject({ conclusion: 'cancelled', postExitCode: 0 });
  expect(result.exitCode).toBeGreaterThan(128);
  expect(result.log).toMatch(
    /This job ended before the release did\. The server ends it by itself/,
  );
  expect(result.log).toMatch(/The release ended on the server: deployed \(GREEN\)/);
  expect(result.annotations.map(({ message }) => message).join()).toMatch(/deployed \(GREEN\)/);
  expect(await unsettled(site, 'v3')).toEqual([]);
  expect(await visitors.failures()).toEqual([]);
});

test('a rollback is cancelled in its bake: it goes on as well', async () => {
  const run = site.startRollback({ bake: '14s' });
  await run.seen(/^▸ bake/);
  run.cancel();
  const result = await run.done;
  expect(result).toMatchObject({ conclusion: 'cancelled', postExitCode: 0 });
  expect(result.log).toMatch(/The release ended on the server: .*\(GREEN\)/);
  expect(await unsettled(site, 'v2')).toEqual([]);
  expect(await visitors.failures()).toEqual([]);
});

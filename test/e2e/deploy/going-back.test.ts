import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { readContainers, readRecords } from '../../support/release/facts';
import { unsettled } from '../../support/release/settled';
import { openSite, type Site } from '../../support/release/site';
import { letVisitorsIn, type Visitors } from '../../support/release/visitors';

let site: Site<'v1' | 'v2' | 'v3'>;
let visitors: Visitors;

const idsOf = async (version: string): Promise<readonly string[]> =>
  (await readContainers(site.server))
    .filter(({ labels }) => labels['shiplock.release']?.endsWith(`-${version}`) === true)
    .map(({ id }) => id);

beforeAll(async () => {
  site = await openSite({ name: 'back', versions: { v1: {}, v2: {}, v3: {} } });
  await site.arrive('v1');
  await site.arrive('v2');
  await site.arrive('v3');
  visitors = await letVisitorsIn(site);
}, 600_000);

afterAll(async () => {
  await visitors.stop();
  await site.close();
});

test('parked: without a version it goes to the last good release, whose containers are still there', async () => {
  const parked = await idsOf('v2');
  const result = await site.rollback();
  expect(result).toMatchObject({
    exitCode: 0,
    conclusion: 'success',
    outputs: { verdict: 'rolled-back', release: '2-v2', previous: '3-v3', slot: 'green' },
  });
  expect(await idsOf('v2')).toEqual(parked);
  expect(await unsettled(site, 'v2')).toEqual([]);
  expect(await visitors.failures()).toEqual([]);
});

test('what was rolled back is no longer a last good release', async () => {
  const { releases, audit } = await readRecords(site.server);
  expect(releases.find(({ id }) => id === '3-v3')).toMatchObject({
    standing: 'rolled-back',
    reason: 'rolled back by octocat',
  });
  expect(audit.at(-1)).toMatchObject({ kind: 'rollback', release: '2-v2', actor: 'octocat' });
});

test('cold: by version, made again from the digests on record', async () => {
  const result = await site.rollback({ version: 'v1' });
  expect(result).toMatchObject({
    exitCode: 0,
    outputs: { verdict: 'rolled-back', release: '1-v1' },
  });
  expect(JSON.parse(result.outputs['digests'] ?? '')).toEqual({
    web: site.images.v1,
    worker: site.images.v1,
  });
  expect(await unsettled(site, 'v1')).toEqual([]);
  expect(await visitors.failures()).toEqual([]);
});

test('cold: also when its image is gone from the server', async () => {
  await site.arrive('v2');
  await site.arrive('v3');
  const gone = site.images.v1;
  await site.server.docker(['image', 'rm', gone]);
  const result = await site.rollback({ version: '1-v1' });
  expect(result).toMatchObject({ exitCode: 0, outputs: { release: '1-v1' } });
  expect(result.log).toMatch(/1 pulled/);
  expect(await unsettled(site, 'v1')).toEqual([]);
  expect(await visitors.failures()).toEqual([]);
});

test('warm: the old slot runs on, and the way back takes about a second', async () => {
  await site.arrive('v2', { 'keep-old': 'running' });
  expect(await unsettled(site, 'v2', { oldRuns: true })).not.toContain('the lease is held');
  const warm = await idsOf('v1');
  const result = await site.rollback({ bake: '1s' });
  expect(result).toMatchObject({
    exitCode: 0,
    outputs: { verdict: 'rolled-back', release: '1-v1' },
  });
  expect(await idsOf('v1')).toEqual(warm);
  expect(await unsettled(site, 'v1')).toEqual([]);
  expect(await visitors.failures()).toEqual([]);
});

test('dry-run tells where it would go and goes nowhere', async () => {
  await site.arrive('v3');
  const result = await site.rollback({ 'dry-run': 'true' });
  expect(result).toMatchObject({ exitCode: 0 });
  expect(result.summary).toMatch(/plan of a rollback to `v1`/);
  expect(await unsettled(site, 'v3')).toEqual([]);
});

test('what is not on record is refused with what is', async () => {
  const result = await site.rollback({ version: 'v0' });
  expect(result).toMatchObject({ exitCode: 3, outputs: { verdict: 'refused' } });
  expect(result.log).toMatch(/v0 is not on record/);
  expect(result.log).toMatch(/on record are .*1-v1 \(good\)/);
});

test('while another release bakes, that release is sent back, and both runs tell it as it was', async () => {
  const baking = site.startDeploy('v2', { bake: '60s' });
  await baking.seen(/^▸ bake/);
  const result = await site.rollback();
  expect(result).toMatchObject({
    exitCode: 0,
    outputs: { verdict: 'rolled-back', release: '7-v3', slot: 'blue' },
  });
  const sent = await baking.done;
  expect(sent).toMatchObject({ exitCode: 1, outputs: { verdict: 'rolled-back' } });
  expect(sent.log).toMatch(/rolled back by octocat/);
  expect(await unsettled(site, 'v3')).toEqual([]);
  expect(await visitors.failures()).toEqual([]);
});

test('a target that does not hold is given up, and the version that served serves again', async () => {
  // It is made again with today's environment, and gets sick as soon as it has visitors.
  const result = await site.rollback({ version: 'v1', env: 'FAIL_AFTER_SWITCH=0.1' });
  expect(result).toMatchObject({ exitCode: 1, outputs: { verdict: 'failed' } });
  expect(result.log).toMatch(/healthz failed 2 times in a row: HTTP 503/);
  expect(await unsettled(site, 'v3')).toEqual([]);
  expect(await visitors.failures()).toEqual([]);
});

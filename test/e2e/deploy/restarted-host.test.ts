import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { readContainers, readRecords } from '../../support/release/facts';
import { keeperEnded, unsettled } from '../../support/release/settled';
import { openSite, type Site } from '../../support/release/site';

let site: Site<'v1' | 'v2' | 'v3'>;

beforeAll(async () => {
  site = await openSite({
    name: 'restart',
    versions: { v1: {}, v2: {}, v3: {} },
    config: { bake: '12s' },
  });
  await site.arrive('v1', { bake: '1s' });
}, 600_000);

afterAll(() => site.close());

const endOf = async () => {
  const { journal } = await readRecords(site.server);
  return {
    outcome: journal.find(({ outcome }) => outcome)?.outcome,
    begun: journal.filter(({ step, phase }) => step === 'keeper' && phase === 'intent').length,
  };
};

test('the host restarts in the bake: the keeper goes on, ends in a named state, and the action hears of it', async () => {
  const run = site.startDeploy('v2');
  await run.seen(/^▸ bake/);
  await site.server.restart();
  const result = await run.done;
  await keeperEnded(site);

  const { outcome, begun } = await endOf();
  expect(begun).toBe(2);
  expect(['GREEN', 'BACK']).toContain(outcome?.state);
  expect(result.outputs['verdict']).toBe(outcome?.verdict);
  expect(result.log).toMatch(/▸ keeper +resumed/);
  expect(await unsettled(site, outcome?.state === 'GREEN' ? 'v2' : 'v1')).toEqual([]);
});

test('the next deploy works', async () => {
  await site.arrive('v3', { bake: '1s' });
  expect(await unsettled(site, 'v3')).toEqual([]);
});

test('the power goes in the bake, and no runner is there any more: the host ends it alone', async () => {
  const run = site.startDeploy('v1');
  await run.seen(/^▸ bake/);
  run.kill();
  await run.done;
  await site.server.kill();
  await site.server.start();
  await keeperEnded(site);

  const { outcome, begun } = await endOf();
  expect(begun).toBe(2);
  expect(['GREEN', 'BACK']).toContain(outcome?.state);
  expect(await unsettled(site, outcome?.state === 'GREEN' ? 'v1' : 'v3')).toEqual([]);
});

test('the power goes before the go: nothing new is left, and shared services are back', async () => {
  const before = (await readRecords(site.server)).state?.live.release ?? '';
  const next = before.endsWith('v1') ? 'v2' : 'v1';
  await site.configure({
    migrate: { service: 'web', command: 'sleep 30' },
    bake: '1s',
  });
  const run = site.startDeploy(next);
  // The keeper's process may begin after the migration.
  await Promise.all([run.seen(/^▸ keeper/), run.seen(/^▸ migrate/)]);
  run.kill();
  await run.done;
  await site.server.kill();
  await site.server.start();
  await keeperEnded(site);

  const { outcome } = await endOf();
  expect(outcome).toMatchObject({ verdict: 'failed', state: 'BLUE' });
  expect(outcome?.reason).toMatch(/restarted before the new version was ready/);
  expect(await unsettled(site, before.replace(/^\d+-/, ''))).toEqual([]);
  const shared = (await readContainers(site.server)).filter(
    ({ labels }) => labels['shiplock.app'] === undefined,
  );
  expect(shared.map(({ name, state }) => `${name} ${state}`)).toEqual([
    'dinghy-nginx-1 running',
    'dinghy-store-1 running',
  ]);
  await site.configure({ bake: '1s' });
  await site.arrive(next);
  expect(await unsettled(site, next)).toEqual([]);
});

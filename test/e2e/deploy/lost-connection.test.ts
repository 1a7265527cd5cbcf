import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { readRecords } from '../../support/release/facts';
import { keeperEnded, unsettled } from '../../support/release/settled';
import { openSite, type Site } from '../../support/release/site';
import { letVisitorsIn, type Visitors } from '../../support/release/visitors';

let site: Site<'v1' | 'v2' | 'v3'>;
let visitors: Visitors;

beforeAll(async () => {
  site = await openSite({
    name: 'lost',
    versions: { v1: {}, v2: {}, v3: {} },
    config: { bake: '3s', linger: '4s' },
  });
  await site.arrive('v1');
  visitors = await letVisitorsIn(site);
}, 600_000);

afterAll(async () => {
  await visitors.stop();
  await site.close();
});

test('SSH is cut after the go: the server ends it alone, and the action hears of it when the line is back', async () => {
  const run = site.startDeploy('v2');
  await run.seen(/^✓ go/);
  await site.server.cutOff('ssh');
  await keeperEnded(site);
  expect(await unsettled(site, 'v2')).toEqual([]);

  await site.server.reconnect('ssh');
  const result = await run.done;
  expect(result).toMatchObject({ exitCode: 0, outputs: { verdict: 'deployed', release: '2-v2' } });
  expect(result.log).toMatch(/deployed, GREEN/);
  expect(await visitors.failures()).toEqual([]);
});

test('every SSH connection is dropped after the go: the action comes back and follows on', async () => {
  const run = site.startDeploy('v3');
  await run.seen(/^▸ bake/);
  await site.server.dropSshConnections();
  const result = await run.done;
  expect(result).toMatchObject({ exitCode: 0, outputs: { verdict: 'deployed' } });
  expect(result.log).toMatch(/connection is lost, the server goes on by itself/);
  expect(await unsettled(site, 'v3')).toEqual([]);
  expect(await visitors.failures()).toEqual([]);
});

test('SSH is cut before the go: the server undoes what was begun, and the next deploy works', async () => {
  const run = site.startDeploy('v1');
  await run.seen(/^▸ start/);
  await site.server.cutOff('ssh');
  await keeperEnded(site);
  expect(await unsettled(site, 'v3')).toEqual([]);
  const end = (await readRecords(site.server)).journal.find(({ outcome }) => outcome)?.outcome;
  expect(end).toMatchObject({ verdict: 'failed', state: 'BLUE' });
  expect(end?.reason).toMatch(/the runner has been silent for 2\d s/);

  await site.server.reconnect('ssh');
  const result = await run.done;
  expect(result).toMatchObject({ exitCode: 1, outputs: { verdict: 'failed' } });
  await site.arrive('v1');
  expect(await unsettled(site, 'v1')).toEqual([]);
  expect(await visitors.failures()).toEqual([]);
});

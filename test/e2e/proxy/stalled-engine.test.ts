import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { openSite, type Site } from '../../support/release/site';
import { letVisitorsIn, type Visitors } from '../../support/release/visitors';
import { stallEngine } from '../../support/stalled-engine';

let site: Site<'v1'>;
let visitors: Visitors;

beforeAll(async () => {
  site = await openSite({ name: 'stalled', versions: { v1: {} } });
  await site.arrive('v1');
  visitors = await letVisitorsIn(site, 50);
}, 600_000);

afterAll(async () => {
  await visitors.stop();
  await site.close();
});

test('visitors wait for an engine that stands still longer than a lost question is repeated, and nobody fails', async () => {
  await stallEngine(site.server);
  expect(await site.serving()).toBe('v1');
  expect(await visitors.failures()).toEqual([]);
});

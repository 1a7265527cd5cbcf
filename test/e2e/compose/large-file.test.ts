import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { readFile, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { parse } from 'yaml';
import { unsettled } from '../../support/release/settled';
import { openSite, type Site } from '../../support/release/site';

// Two hundred services in a file of more than two megabytes, of which two are released.

let site: Site<'v1' | 'v2'>;

beforeAll(async () => {
  site = await openSite({ name: 'large', versions: { v1: {}, v2: {} } });
  const file = join(site.workspace, 'docker-compose.yml');
  const small = parse(await readFile(file, 'utf8')) as { services: Record<string, object> };
  const ballast = 'x'.repeat(10_700);
  const others = Array.from({ length: 200 - Object.keys(small.services).length }, (_, at) => [
    `other-${at}`,
    {
      image: '127.0.0.1:5000/shiplock-sample/redis:8',
      profiles: ['never'],
      environment: { BALLAST: `${at} ${ballast} $$HOME` },
      depends_on: at === 0 ? ['store'] : [`other-${at - 1}`],
    },
  ]);
  const services = { ...small.services, ...(Object.fromEntries(others) as object) };
  await writeFile(file, JSON.stringify({ ...small, services }));
  expect(Object.keys(services)).toHaveLength(200);
  expect((await stat(file)).size).toBeGreaterThan(2 * 1024 * 1024);
}, 600_000);

afterAll(() => site.close());

test('is planned, released, and gone back to from what is on record', async () => {
  expect(await site.deploy('v1', { 'dry-run': 'true' })).toMatchObject({ exitCode: 0 });
  await site.arrive('v1');
  expect(await unsettled(site, 'v1')).toEqual([]);
  await site.arrive('v2', { env: 'TOKEN=new' });
  // With other secrets its containers cannot be used again: it is made anew from its source.
  const { outputs } = await site.rollback({ env: 'TOKEN=newer' });
  expect(outputs).toMatchObject({ verdict: 'rolled-back', release: '1-v1' });
  expect(await unsettled(site, 'v1')).toEqual([]);
  const names = await site.server.docker(['ps', '--all', '--format', '{{.Names}}']);
  expect(names).not.toContain('other-');
});

import { readFile } from 'node:fs/promises';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import {
  arrived,
  ask,
  manifests,
  openSampleSite,
  sampleBase,
  sql,
  type SampleSite,
} from '../../support/backup/sample-site';
import type { Server } from '../../support/server';

let site: SampleSite;
let lost: Server;

const config = {
  backup: [
    { engine: 'files', path: ['/srv/sample'] },
    { engine: 'postgres', service: 'postgres', verify: 'restore' },
  ],
};

beforeAll(async () => {
  site = await openSampleSite({ r1: {}, r2: { schema: 2 } });
  await site.configure(config);
  lost = await site.server('lost');
  arrived(await site.deploy('r1', lost, { 'skip-backup': 'nothing is there yet' }));
  await sql(lost, "insert into items (name) select 'item ' || n from generate_series(1, 500) n;");
  arrived(await site.deploy('r2', lost));
}, 600_000);

afterAll(() => site.close());

test('an empty server has files, release and data again, by the steps of docs/backup.md', async () => {
  arrived(await site.run('backup', lost));
  const [files, database] = (await manifests(lost)).slice(-2).map(({ id }) => id);
  const off = await lost.exec(['sh', '-c', `tar -C ${sampleBase} -cf - backups | base64`]);
  await lost.kill();
  const page = await readFile(new URL('../../../docs/backup.md', import.meta.url), 'utf8');
  const steps = page.slice(page.indexOf('## Recover a lost server'));
  for (const words of ['mode: restore', 'skip-backup:', 'skip-safety-backup:', 'rm -r ', '`files`'])
    expect(steps).toContain(words);

  const startedAt = Date.now();
  const fresh = await site.server('fresh', false);
  const bringBack = `install -d -m 700 -o deploy ${sampleBase} && base64 -d | tar -C ${sampleBase} -xf -; chown -R deploy: /var/lib/shiplock`;
  await fresh.exec(['sh', '-c', bringBack], { stdin: off.stdout });
  const host = `deploy@${fresh.host}:${fresh.sshPort}`;
  const restore = async (target: string, id = '', more = {}): Promise<void> => {
    const confirm = `${target} ${id} ${host}`;
    const inputs = { mode: 'restore', 'backup-id': id, target, confirm, ...more };
    arrived(await site.run('backup', fresh, inputs));
  };
  await restore('files:/srv/sample', files, { 'skip-safety-backup': 'the server is new' });
  await fresh.exec(['rm', '-r', '/srv/sample/nginx/shiplock/sample-production']);
  arrived(await site.deploy('r2', fresh, { 'skip-backup': 'recovering a lost server' }));
  await restore('postgres:postgres', database);
  expect(await sql(fresh, 'select count(*) from items;')).toBe('500');
  const answer = await ask<{ items: { name: string }[]; version: string }>(fresh, '/api/items');
  expect([answer.version, answer.items[0]?.name]).toEqual(['r2', 'item 500']);
  process.stdout.write(
    `recovered in ${Math.round((Date.now() - startedAt) / 1000)} s, with a new server\n`,
  );
}, 300_000);

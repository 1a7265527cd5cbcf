import { afterAll, beforeAll, expect, test } from '@jest/globals';
import type { BackupManifest } from '../../../src/domain/records/backup';
import { startPostgres, type Postgres } from '../../support/backup/postgres';
import { openBackupSite, type BackupSite } from '../../support/backup/site';
import { outputOf } from '../../support/run-command';

let site: BackupSite;
let database: Postgres;
let manifest: BackupManifest;

beforeAll(async () => {
  site = await openBackupSite('restore');
  database = await startPostgres(site.app);
  await site.configure([{ engine: 'postgres', service: 'db', verify: 'restore' }], {
    project: site.app,
  });
  await database.sql('create table boats (name text);');
  await database.sql("insert into boats select 'boat ' || n from generate_series(1, 1000) n;");
  manifest = await site.take();
}, 300_000);

afterAll(async () => {
  await database.stop();
  await site.close();
});

const boats = (): Promise<string> =>
  database.sql("select count(*) from boats where name like 'boat %';");
const spoil = (): Promise<string> => database.sql("update boats set name = 'spoilt';");

test('the command that the manifest names, run on the server, restores and keeps what was there', async () => {
  await spoil();
  const { command = '', tookMs = 0 } = manifest.restore ?? {};
  expect([command, tookMs > 0]).toEqual([`sh ${site.folder}/${manifest.id}/restore.sh`, true]);
  await outputOf(['sh', '-c', command]);
  expect(await boats()).toBe('1000');
  const kept = `shop_before_${manifest.sequence}`;
  expect(await database.sql("select count(*) from boats where name = 'spoilt';", kept)).toBe(
    '1000',
  );
});

test('without the right words nothing is touched', async () => {
  const asked = { mode: 'restore', 'backup-id': manifest.id, target: 'db' };
  const result = await site.run({ ...asked, confirm: 'db' });
  expect(result).toMatchObject({ exitCode: 3, outputs: { verdict: 'refused' } });
  expect(result.log).toContain(`write confirm: db ${manifest.id}`);
  const unknown = await site.run({
    ...asked,
    'backup-id': '99-postgres',
    confirm: 'db 99-postgres',
  });
  expect(unknown.log).toMatch(/names 99-postgres, which is no proven backup/);
});

test('the action backs up what is there, restores beside it, counts, and lets the two change names', async () => {
  await spoil();
  const confirm = `db ${manifest.id}`;
  const inputs = { mode: 'restore', 'backup-id': manifest.id, target: 'db', confirm };
  const result = await site.run(inputs);
  if (result.exitCode !== 0) throw new Error(result.log);
  expect(result.outputs).toMatchObject({ verdict: 'restored', id: manifest.id });
  expect(await boats()).toBe('1000');
  const kept = await database.sql("select datname from pg_database where datname ~ '_before_.*t';");
  expect(result.summary).toContain(kept);
  expect(await database.sql("select count(*) from boats where name = 'spoilt';", kept)).toBe(
    '1000',
  );
  expect(await site.names()).toHaveLength(2);
});

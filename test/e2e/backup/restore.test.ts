import { cp, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import type { BackupManifest } from '../../../src/domain/records/backup';
import { startPostgres, type Postgres } from '../../support/backup/postgres';
import { openBackupSite, type BackupSite } from '../../support/backup/site';
import { docker, outputOf } from '../../support/run-command';

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
  // While /tmp/wait is there, the load of a dump stands still at this table.
  await database.sql(`create function patient() returns boolean language plpgsql as $$
    begin if (pg_stat_file('/tmp/wait', true)).size is not null then perform pg_sleep(90); end if; return true; end $$;
    create table waits (n int check (public.patient())); insert into waits values (1);`);
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

test('an older server, and a backup of another machine without the name of this one, are refused together', async () => {
  const { sequence } = manifest;
  const id = manifest.id.replace(String(sequence), '90');
  await cp(join(site.folder, manifest.id), join(site.folder, id), { recursive: true });
  const foreign = { ...manifest, id, sequence: 90, machineId: 'f00d', serverVersion: '18.1' };
  const write = (more: object): Promise<void> =>
    writeFile(join(site.folder, id, 'manifest.json'), JSON.stringify({ ...foreign, ...more }));
  await write({});
  await spoil();
  const before = await site.names();
  const asked = { mode: 'restore', 'backup-id': id, target: 'db', confirm: `db ${id}` };
  const refused = await site.run(asked);
  expect(refused).toMatchObject({ exitCode: 3, outputs: { verdict: 'refused' } });
  expect(refused.log).toContain(`write confirm: db ${id} local`);
  expect(refused.log).toMatch(/runs postgres 17\.\S+.*was taken from 18\.1: an older server/);
  expect(await site.names()).toEqual(before);
  expect(await databases()).not.toMatch(/_restore_/);
  await write({ serverVersion: manifest.serverVersion });
  expect(await site.run({ ...asked, confirm: `db ${id} local` })).toMatchObject({ exitCode: 0 });
  expect(await boats()).toBe('1000');
}, 120_000);

const databases = (): Promise<string> =>
  database.sql("select string_agg(datname, ' ' order by 1) from pg_database;", 'postgres');

/** Whatever `query` gives is there at last. */
async function until(query: string): Promise<void> {
  for (let tries = 0; tries < 150; tries += 1) {
    if ((await database.sql(query, 'postgres')) !== '') return;
    await wait(50);
  }
  throw new Error(`it never came to that: ${query}`);
}

const restoring = () => {
  const confirm = `db ${manifest.id}`;
  const inputs = { mode: 'restore', 'backup-id': manifest.id, target: 'db', confirm };
  return site.start({ ...inputs, 'skip-safety-backup': 'there is one' });
};

describe('a restore that does not end', () => {
  const patience = (words: readonly string[]) => docker(['exec', database.container, ...words]);
  const loading = `select 1 from pg_stat_activity where datname like 'shop_restore_%' and wait_event = 'PgSleep';`;

  test('is cancelled during the load: nothing has changed, and nothing is left', async () => {
    await spoil();
    await patience(['touch', '/tmp/wait']);
    const handle = restoring();
    await until(loading);
    handle.cancel();
    const { log } = await handle.done;
    expect(log).not.toContain('is restored');
    expect(await databases()).not.toMatch(/_restore_/);
    expect(await boats()).toBe('0');
  }, 120_000);

  test('dies during the load: nothing has changed, and the next one removes what it left', async () => {
    const handle = restoring();
    await until(loading);
    handle.kill();
    await handle.done;
    await patience(['rm', '/tmp/wait']);
    expect(await databases()).toMatch(/_restore_/);
    expect(await boats()).toBe('0');
    const again = await restoring().done;
    expect(again.log).toMatch(/removed shop_restore_.*which a restore has left/);
    expect(await boats()).toBe('1000');
    expect(await databases()).not.toMatch(/_restore_/);
  }, 120_000);

  test('dies while the two change names: the server ends it, and lets everybody in again', async () => {
    await spoil();
    const session = database.sql('/* stuck */ select pg_sleep(60);');
    session.catch(() => undefined);
    const stuck = "from pg_stat_activity where query like '/* stuck */%';";
    await until(`select pid ${stuck}`);
    const pid = await database.sql(`select pid ${stuck}`, 'postgres');
    await patience(['kill', '-STOP', pid]);
    const handle = restoring();
    await until("select 1 from pg_database where datname = 'shop' and not datallowconn;");
    handle.kill();
    await handle.done;
    await patience(['kill', '-CONT', pid]);
    await until("select 1 from pg_database where datname = 'shop' and datallowconn;");
    expect(await boats()).toBe('1000');
    const shut =
      "select count(*) from pg_database where datname like 'shop%' and not datallowconn;";
    expect(await database.sql(shut)).toBe('0');
    expect((await restoring().done).exitCode).toBe(0);
    expect(await boats()).toBe('1000');
  }, 120_000);

  test('a database that was shut is told of with the words that open it', async () => {
    await database.sql('alter database shop with allow_connections false;', 'postgres');
    const { log } = await site.run();
    await database.sql('alter database shop with allow_connections true;', 'postgres');
    expect(log).toContain('ALTER DATABASE "shop" WITH ALLOW_CONNECTIONS true;');
  });
});

test('a database with an ICU locale comes back with it, by the script and by the action', async () => {
  const locale = `template template0 locale_provider icu icu_locale 'de-u-co-phonebk' lc_collate 'C' lc_ctype 'C'`;
  await database.sql(`create database berge ${locale};`, 'postgres');
  await database.sql("create table berge (name text); insert into berge values ('Ätna');", 'berge');
  await site.configure([{ engine: 'postgres', service: 'db', database: 'berge' }], {
    project: site.app,
  });
  const taken = await site.take();
  const made = `select datlocprovider, datlocale, datcollate from pg_database where datname = 'berge';`;
  const before = await database.sql(made);
  expect(before).toBe('i|de-u-co-phonebk|C');
  await outputOf(['sh', '-c', taken.restore?.command ?? '']);
  expect(await database.sql(made)).toBe(before);
  const target = { mode: 'restore', 'backup-id': taken.id, target: 'berge' };
  const done = await site.run({ ...target, confirm: `berge ${taken.id}` });
  expect([done.exitCode, await database.sql(made)]).toEqual([0, before]);
  expect(await database.sql('select name from berge;', 'berge')).toBe('Ätna');
}, 120_000);

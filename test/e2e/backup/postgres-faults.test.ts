import { mkdtemp, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import type { BackupManifest } from '../../../src/domain/records/backup';
import { postgresEngine } from '../../../src/operations/backup/engines/postgres';
import { flipped } from '../../support/backup/damage';
import { DatabaseStand } from '../../support/backup/database-stand';
import { killIn } from '../../support/backup/kill-in';
import { startPostgres, type Postgres } from '../../support/backup/postgres';
import { openBackupSite, type BackupSite } from '../../support/backup/site';
import { docker, runCommand } from '../../support/run-command';
import { until } from '../../support/until';

// What other tools let pass in silence, done to a real server whose pages have checksums.
const row = 'canary-in-a-row-88ab';
let site: BackupSite;
let server: Postgres;

beforeAll(async () => {
  site = await openBackupSite('pgfaults');
  server = await startPostgres(site.app, ['--env', 'POSTGRES_INITDB_ARGS=--data-checksums']);
}, 300_000);

afterAll(async () => {
  await server.stop();
  await site.close();
});

/** The next runs take this database. */
const take = (database: string): Promise<void> =>
  site.configure([{ engine: 'postgres', service: 'db', database }], { project: site.app });

describe('a dump that is cut off', () => {
  beforeAll(async () => {
    await take('big');
    await server.sql('create database big', 'postgres');
    await server.sql(
      `create table rows as select i, (select string_agg(md5(random()::text || i || j), '') from generate_series(1, 12) j) as body from generate_series(1, 250000) i`,
      'big',
    );
  }, 120_000);

  const dumping = (handle: { seen(pattern: RegExp): Promise<string> }) =>
    handle.seen(/dumping/).then(() =>
      until(async () => {
        const { stdout } = await runCommand([
          'sh',
          '-c',
          `stat -c %s ${site.folder}/.partial-*/database.dump`,
        ]);
        return Number(stdout) > 1_000_000;
      }),
    );

  test.each([
    [
      'its backend is killed',
      () =>
        server.sql(
          `select pg_terminate_backend(pid) from pg_stat_activity where query like 'COPY %' and datname = 'big'`,
        ),
    ],
    [
      'pg_dump is killed',
      () => killIn(server.container, '/usr/lib/postgresql/17/bin/pg_dump ', "dbname='big'"),
    ],
  ])('because %s fails the run and leaves nothing that looks like a backup', async (_, kill) => {
    const handle = site.start();
    await dumping(handle);
    await kill();
    const run = await handle.done;
    expect(run).toMatchObject({ exitCode: 1, outputs: { verdict: 'failed' } });
    expect(run.log).toMatch(/pg_dump (ended with code|was killed)/);
    expect(await site.names()).toEqual([]);
  });

  test('a second run at once is refused, and a cancelled one leaves nothing and no dump that goes on', async () => {
    const handle = site.start();
    await dumping(handle);
    const second = await site.run();
    expect(second).toMatchObject({ exitCode: 3, outputs: { verdict: 'refused' } });
    expect(second.log).toContain('another backup of this app runs');
    handle.cancel();
    expect((await handle.done).conclusion).toBe('cancelled');
    expect(await site.names()).toEqual([]);
    const ours = `from pg_stat_activity where application_name = 'shiplock' and datname = 'big'`;
    expect(await server.sql(`select count(*) ${ours}`)).toBe('0');
    const processes = await docker(['top', server.container, '-eo', 'pid,args']);
    expect(processes).not.toMatch(/(pg_dump|psql).*big/);
  });
});

describe('what pg_restore --list would let pass', () => {
  const stand = new DatabaseStand();
  let whole: Buffer;
  let folder: string;
  let manifest: BackupManifest;

  beforeAll(async () => {
    await server.sql(
      `create table items as select i, md5(i::text) as body from generate_series(1, 20000) i`,
    );
    await take('shop');
    manifest = await site.take({ verify: 'read' });
    whole = await readFile(join(site.folder, manifest.id, 'database.dump'));
    folder = await mkdtemp(join(stand.folder, 'damaged-'));
  });

  afterAll(() => stand.end());

  // Damage from before the SHA-256 was taken: only reading all of it can tell.
  test.each<[string, () => Buffer]>([
    ['cut in half', () => whole.subarray(0, whole.length / 2)],
    ['cut by one byte in a hundred', () => whole.subarray(0, whole.length * 0.99)],
    ['of one flipped bit', () => flipped(whole)],
    [
      'that a terminal passed on',
      () => Buffer.from(whole.toString('latin1').replaceAll('\n', '\r\n'), 'latin1'),
    ],
    ['of nothing', () => Buffer.alloc(0)],
  ])('a dump %s is found by reading it', async (_, damaged) => {
    await writeFile(join(folder, 'database.dump'), damaged());
    const database = await stand.database(server.container, { engine: 'postgres', service: 'db' });
    await expect(postgresEngine.readBack(database, { folder, manifest })).rejects.toThrow(
      /pg_restore, reading ended with code 1|data of 0 tables, the database had 1/,
    );
  });
});

test('a database of another encoding and another locale comes back as it was', async () => {
  await server.sql(
    `create database latin template template0 encoding LATIN1 locale 'C' locale_provider icu icu_locale 'de'`,
    'postgres',
  );
  // In UTF-8 the letter has two bytes, and in the order of bytes it comes after z: there the rows would be refused.
  await server.sql(
    `set client_encoding = 'UTF8'; create table t (word text check (octet_length(word) = 1 and word < 'z')); insert into t values ('é'), ('a')`,
    'latin',
  );
  await take('latin');
  const run = await site.run();
  expect(run).toMatchObject({ exitCode: 0, outputs: { verdict: 'proven', rows: '2' } });
});

test('a page that the disk has spoiled fails the backup where pages have checksums', async () => {
  await server.sql('create database rot', 'postgres');
  await server.sql(
    `create table notes with (autovacuum_enabled = false) as select i, md5(i::text) from generate_series(1, 5000) i; checkpoint`,
    'rot',
  );
  const path = await server.sql(
    `select current_setting('data_directory') || '/' || pg_relation_filepath('notes')`,
    'rot',
  );
  const spoil = `printf X | dd of="$0" bs=1 seek=${3 * 8192 + 6000} conv=notrunc 2>/dev/null`;
  await docker(['exec', server.container, 'sh', '-c', spoil, path]);
  // The server has the good page in its memory still; one that was started later would not.
  await server.sql(
    `create extension pg_buffercache;
     select pg_buffercache_evict(bufferid) from pg_buffercache where relfilenode = pg_relation_filenode('notes')`,
    'rot',
  );
  await take('rot');
  const before = await site.names();
  const run = await site.run();
  expect(run).toMatchObject({ exitCode: 1, outputs: { verdict: 'failed' } });
  expect(run.log).toMatch(/invalid page in block 3/);
  expect(await site.names()).toEqual(before);
});

test('a backup that cannot be restored is none, and no row of it gets into the log', async () => {
  await server.sql('create database broken', 'postgres');
  // The function looks at another table, which has nothing in it yet when the rows come back.
  await server.sql(
    `create table z_allowed (id int); insert into z_allowed values (1);
     create function allowed(i int) returns boolean language sql as 'select exists (select from public.z_allowed where id = i)';
     create table bookings (id int check (allowed(id)), note text); insert into bookings values (1, '${row}');`,
    'broken',
  );
  await take('broken');
  const before = await site.names();
  const run = await site.run({}, { secrets: [row] });
  expect(run).toMatchObject({ exitCode: 1, outputs: { verdict: 'failed' } });
  expect(run.log).toMatch(/pg_restore, scratch ended with code 1: .*bookings/);
  expect(await site.names()).toEqual(before);
});

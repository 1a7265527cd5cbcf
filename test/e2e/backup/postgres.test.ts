import { appendFile, readFile, truncate, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { flipped } from '../../support/backup/damage';
import { openBackupSite, type BackupSite } from '../../support/backup/site';
import { containerPassword, startPostgres, type Postgres } from '../../support/backup/postgres';
import { docker, runCommand } from '../../support/run-command';
import { until } from '../../support/until';
import { watchHere } from '../../support/release/watch';
import type { RunResult } from '../../support/runner/runner';

const password = 'canary-of-the-database-31fd';

/** How a terminal is asked for, as it stands in a command line of this machine. */
const terminals = ['-it', '-ti', '-t\0-i', '-i\0-t', '--tty'].map((words) => `\0${words}\0`);

let site: BackupSite;
let server: Postgres;
let locked: { readonly done: Promise<RunResult> };
let unlock: () => Promise<unknown>;

beforeAll(async () => {
  site = await openBackupSite('pgsite');
  server = await startPostgres(site.app);
  await server.sql(schema);
  await server.sql('create database locked', 'postgres');
  await server.sql('create table busy as select 1 as a', 'locked');
  await site.configure([{ engine: 'postgres', service: 'db' }], { project: site.app });
  unlock = await holdLock(server);
  locked = await startLocked();
}, 300_000);

afterAll(async () => {
  await server.stop();
  await site.close();
});

const schema = `
create role app login;
create table items (id int primary key, body text not null);
insert into items select i, md5(i::text) || repeat('x', i % 50) from generate_series(1, 20000) i;
create table ticks (id bigserial primary key, at timestamptz not null default clock_timestamp());
create view recent as select * from ticks order by id desc limit 10;
create function touched() returns trigger language plpgsql as 'begin return new; end';
create trigger touch before update on items for each row execute function touched();
create materialized view bodies as select count(*) as n from items;
grant select on items to app;
create schema stock authorization app;
create table stock.parts (id int) partition by range (id);
create table stock.low partition of stock.parts for values from (0) to (100);
insert into stock.parts select generate_series(0, 99);
`;

/** A migration that takes its time, in another database of the same server. */
async function holdLock(postgres: Postgres): Promise<() => Promise<unknown>> {
  const held = postgres.sql(
    'begin; lock table busy in access exclusive mode; select pg_sleep(90);',
    'locked',
  );
  held.catch(() => undefined);
  await until(async () => {
    const locks = await postgres.sql(
      `select count(*) from pg_locks where mode = 'AccessExclusiveLock'`,
    );
    return Number(locks) > 0;
  });
  return () =>
    postgres.sql(
      `select pg_terminate_backend(pid) from pg_stat_activity where query like '%pg_sleep(90)%' and pid <> pg_backend_pid()`,
    );
}

/** Goes on beside the other tests, in a folder of its own: the dump waits half a minute for the lock. */
async function startLocked(): Promise<typeof locked> {
  const own = await openBackupSite('pglocked');
  await own.configure([{ engine: 'postgres', service: 'db', database: 'locked' }], {
    project: site.app,
  });
  return { done: own.run().finally(() => own.close()) };
}

/** Visitors who write all the time, until the returned function is called. */
function startWriter(): () => Promise<void> {
  const writer = server.sql(
    `do $$ begin for i in 1..100000 loop insert into ticks default values; commit; perform pg_sleep(0.002); if exists (select from pg_class where relname = 'stop_writing') then exit; end if; end loop; end $$`,
  );
  return async () => {
    await server.sql('create table stop_writing()');
    await writer;
    await server.sql('drop table stop_writing');
  };
}

interface ScratchContainer {
  readonly HostConfig: Readonly<Record<string, unknown>>;
  readonly Mounts: readonly Readonly<Record<'Type' | 'Name' | 'Destination', string>>[];
  readonly NetworkSettings: { readonly Networks: Readonly<Record<string, unknown>> };
}

const scratches = (): Promise<string> =>
  docker(['ps', '-aq', '--filter', `label=shiplock.scratch=${site.app}/production`]);

/** The scratch server as Docker describes it while it runs. */
async function seenScratch(): Promise<ScratchContainer> {
  let id = '';
  await until(async () => (id = await scratches()) !== '');
  return (JSON.parse(await docker(['inspect', id])) as [ScratchContainer])[0];
}

describe('with a writer at work', () => {
  let run: RunResult;
  let scratch: ScratchContainer;
  let seen: { readonly looks: number; readonly hits: readonly string[] };

  beforeAll(async () => {
    const stopWriting = startWriter();
    const stopWatching = watchHere([password, ...terminals]);
    [run, scratch] = await Promise.all([
      site.run({ password }, { secrets: [password] }),
      seenScratch(),
    ]);
    seen = await stopWatching();
    await stopWriting();
  }, 120_000);

  test('it is dumped, restored and counted, and everybody can see how long that took', async () => {
    expect(run).toMatchObject({
      exitCode: 0,
      outputs: { verdict: 'proven', id: '1-postgres-db', 'verify-level': 'restore' },
    });
    const manifest = await site.manifest('1-postgres-db');
    expect(manifest).toMatchObject({
      consistency: 'exact',
      rowCounts: { 'public.items': 20_000, 'stock.low': 100, 'public.bodies': 1 },
      objectCounts: { tables: 4, views: 1, routines: 1, triggers: 1, 'materialized views': 1 },
      database: 'shop',
    });
    expect(manifest.stages.every(({ exit }) => exit === 0)).toBe(true);
    expect(run.summary).toMatch(/## ✅ Backup proven: .*\n[^]*restored, every row counted \| \d/);
    expect(await site.names()).toEqual(['1-postgres-db']);
  });

  test('its rows are those of one instant: equal one by one where nobody writes, without a gap where somebody does', async () => {
    const folder = join(site.folder, '1-postgres-db');
    const archive = await readFile(join(folder, 'database.dump'));
    await server.sql('create database copy', 'postgres');
    await docker(
      [
        'exec',
        '-i',
        server.container,
        'pg_restore',
        '--exit-on-error',
        '-U',
        'postgres',
        '-d',
        'copy',
      ],
      { stdin: archive },
    );
    const digest = `select md5(string_agg(i::text, ',' order by id)) from items i`;
    expect(await server.sql(digest, 'copy')).toBe(await server.sql(digest));
    const manifest = await site.manifest('1-postgres-db');
    const ticks = await server.sql('select count(*), max(id) from ticks', 'copy');
    const counted = JSON.stringify(manifest.rowCounts['public.ticks']);
    expect(ticks).toBe(`${counted}|${counted}`);
    expect(Number(await server.sql('select count(*) from ticks'))).toBeGreaterThan(
      Number(manifest.rowCounts['public.ticks']),
    );
  });

  test('the password stood on no command line and in no file, and no terminal was asked for', async () => {
    expect(seen.hits).toEqual([]);
    expect(seen.looks).toBeGreaterThan(100);
    const { stdout } = await runCommand(['grep', '-rlF', password, site.home]);
    expect(stdout).toBe('');
  });

  test('files and folders of it are for their owner alone', async () => {
    const { stdout } = await runCommand(['find', site.folder, '-perm', '/077']);
    expect(stdout).toBe('');
  });

  test('the scratch server had no network, a part of the machine and a disk of its own, and is gone', async () => {
    const format = '{{.MemTotal}} {{.NCPU}}';
    const [memory = 0, cpus = 0] = (await docker(['info', '--format', format]))
      .split(' ')
      .map(Number);
    expect(scratch.HostConfig).toMatchObject({
      NetworkMode: 'none',
      Memory: Math.floor(memory / 4),
      NanoCpus: Math.max(1, Math.floor(cpus / 2)) * 1e9,
      PidsLimit: 512,
      CapDrop: ['ALL'],
    });
    expect(Object.keys(scratch.NetworkSettings.Networks)).toEqual(['none']);
    const disk = scratch.Mounts.find(({ Destination }) => Destination === '/scratch');
    expect(disk?.Type).toBe('volume');
    // A kernel that knows no weights of disks gives none.
    expect([0, 100]).toContain(scratch.HostConfig['BlkioWeight']);
    expect(await scratches()).toBe('');
    expect(await docker(['volume', 'ls', '-q'])).not.toContain(disk?.Name);
  });
});

describe('what may not be read', () => {
  test('is refused with every grant that is missing, in one list', async () => {
    await server.sql(`
      create role reader login; grant connect on database shop to reader;
      create table secret (a int); alter table secret enable row level security;
      grant select on secret to reader;`);
    await site.configure([{ engine: 'postgres', service: 'db', user: 'reader' }], {
      project: site.app,
    });
    const run = await site.run();
    expect(run).toMatchObject({ exitCode: 3, outputs: { verdict: 'refused' } });
    expect(run.log).toContain('GRANT USAGE ON SCHEMA stock TO "reader";');
    expect(run.log).toContain('GRANT SELECT ON ALL TABLES IN SCHEMA public TO "reader";');
    expect(run.log).toContain('GRANT SELECT ON ALL SEQUENCES IN SCHEMA public TO "reader";');
    expect(run.log).toContain('ALTER ROLE "reader" BYPASSRLS;');
    expect(await site.names()).toEqual(['1-postgres-db']);
    await server.sql('drop table secret');
  });

  test('by a pg_dump that is older than the server is refused with both versions', async () => {
    // A stand-in: an old one cannot be had here, so the real one's name answers with an old version.
    const script = `printf '#!/bin/sh\necho "pg_dump (PostgreSQL) 9.2.24"\n' >$0; chmod 755 $0`;
    const old = '/usr/local/bin/pg_dump';
    await docker(['exec', server.container, 'sh', '-c', script, old]);
    await site.configure([{ engine: 'postgres', service: 'db' }], { project: site.app });
    const run = await site.run();
    await docker(['exec', server.container, 'rm', old]);
    expect(run).toMatchObject({ exitCode: 3, outputs: { verdict: 'refused' } });
    expect(run.log).toMatch(/pg_dump is 9\.2\.24, the server is 17\.\d+/);
    expect(await site.names()).toEqual(['1-postgres-db']);
  });

  test('and a service, a database and a password that are not there, too', async () => {
    await site.configure(
      [
        { engine: 'postgres', service: 'db', database: 'shpo' },
        { engine: 'postgres', service: 'dbb' },
        { engine: 'postgres', service: 'db', 'password-env': 'NOT_SET' },
        { engine: 'postgres', 'url-env': 'DATABASE_URL', verify: 'read' },
      ],
      { project: site.app },
    );
    const run = await site.run({}, { env: { DATABASE_URL: 'mysql://x' } });
    expect(run.exitCode).toBe(3);
    expect(run.log).toContain('backup[0].database: does not exist');
    expect(run.log).toContain('the database shpo does not exist; there is: copy, locked, shop');
    expect(run.log).toContain('backup[1].service: no container of the service dbb is there');
    expect(run.log).toContain(
      'backup[2].password-env: the variable NOT_SET is not set in this step',
    );
    expect(run.log).toContain(
      'backup[3].url-env: the variable DATABASE_URL holds no URL of PostgreSQL',
    );
  });
});

describe('a managed database', () => {
  const url = async (port: number): Promise<string> =>
    `postgres://postgres:${containerPassword}@${await server.address()}:${port}/shop?sslmode=prefer`;

  beforeAll(async () => {
    await site.configure([{ engine: 'postgres', service: 'db', 'url-env': 'DATABASE_URL' }], {
      project: site.app,
    });
    await server.startPooler();
  }, 60_000);

  test('behind a pooler is refused, also where the pooler lets everything pass', async () => {
    for (const port of [6432, 6433]) {
      const run = await site.run({ verify: 'read' }, { env: { DATABASE_URL: await url(port) } });
      expect(run).toMatchObject({ exitCode: 3, outputs: { verdict: 'refused' } });
      expect(run.log).toContain('backup[0].url-env: a connection pooler such as PgBouncer answers');
    }
  });

  test('by its direct port is dumped with the tools of an image, and its URL is shown nowhere', async () => {
    const secrets = [containerPassword];
    const stop = watchHere(secrets);
    const run = await site.run({}, { env: { DATABASE_URL: await url(5432) }, secrets });
    const seen = await stop();
    expect(run).toMatchObject({ exitCode: 0, outputs: { 'verify-level': 'restore' } });
    expect(seen.hits).toEqual([]);
  });
});

describe('drills', () => {
  let second: string;

  beforeAll(async () => {
    await site.configure([{ engine: 'postgres', service: 'db' }], { project: site.app });
    const manifest = await site.take();
    second = manifest.id;
    // Since then the clock was set back: the older one says that it is newer.
    const first = await site.manifest('1-postgres-db');
    const later = { ...first, endedAt: '2099-01-01T00:00:00.000Z' };
    await writeFile(join(site.folder, '1-postgres-db/manifest.json'), JSON.stringify(later));
  }, 120_000);

  test('the newest one by number is proven again, and its time stands beside the last ones', async () => {
    const run = await site.run({ mode: 'verify' });
    expect(run).toMatchObject({ exitCode: 0, outputs: { id: second, 'verify-level': 'restore' } });
    expect(run.summary).toMatch(/Backup proven again[^]*\(last: [\d.]+ m?s[,)]/);
  });

  test('a drill that is cancelled while it restores leaves no scratch server, and the backup as it was', async () => {
    const handle = site.start({ mode: 'verify' });
    await handle.seen(/restoring it/);
    await until(async () => (await scratches()) !== '');
    handle.cancel();
    expect((await handle.done).conclusion).toBe('cancelled');
    expect(await scratches()).toBe('');
    expect((await site.manifest(second)).verify.level).toBe('restore');
  });

  test.each([
    ['cut short', (file: string) => truncate(file, 5000)],
    ['changed in one bit', async (file: string) => writeFile(file, flipped(await readFile(file)))],
    ['longer than it was', (file: string) => appendFile(file, 'x')],
  ])('a file that was %s is found, and the backup counts no more', async (_, damage) => {
    const { id } = await site.take({ verify: 'read' });
    await damage(join(site.folder, id, 'database.dump'));
    const run = await site.run({ mode: 'verify', 'backup-id': id, verify: 'read' });
    expect(run).toMatchObject({ exitCode: 1, outputs: { verdict: 'failed' } });
    expect(run.log).toContain(`${id} is damaged: database.dump is not what was written`);
    await expect(site.manifest(id)).rejects.toThrow('ENOENT');
  });
});

test('a dump behind a lock gives up after half a minute and says what stands in its way', async () => {
  const run = await locked.done;
  await unlock();
  expect(run).toMatchObject({ exitCode: 1, outputs: { verdict: 'failed' } });
  expect(run.log).toContain('Something holds a lock on a table');
});

test('a database that lost its tables is no backup, and neither is one that lost most of its rows', async () => {
  await site.configure([{ engine: 'postgres', service: 'db', verify: 'read' }], {
    project: site.app,
  });
  await server.sql('truncate items');
  const shrunk = await site.run();
  expect(shrunk).toMatchObject({ exitCode: 1, outputs: { verdict: 'failed' } });
  expect(shrunk.log).toMatch(/too small to be believed: .* % less than \d+-postgres-db/);
  await server.sql('drop schema public cascade; create schema public; drop schema stock cascade');
  const emptied = await site.run();
  expect(emptied).toMatchObject({ exitCode: 3, outputs: { verdict: 'refused' } });
  expect(emptied.log).toMatch(/has nothing in it, but backup \d+-postgres-db of it had/);
  const allowed = await site.run({ 'allow-empty': 'true' });
  expect(allowed).toMatchObject({ exitCode: 0, outputs: { verdict: 'proven', rows: '0' } });
});

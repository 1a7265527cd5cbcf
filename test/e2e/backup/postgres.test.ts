import { appendFile, readFile, truncate, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { openBackupSite, type BackupSite } from '../../support/backup/site';
import { containerPassword, startPostgres, type Postgres } from '../../support/backup/postgres';
import { docker, runCommand } from '../../support/run-command';
import { watchHere } from '../../support/release/watch';
import type { RunResult } from '../../support/runner/runner';

const password = 'canary-of-the-database-31fd';
const row = 'canary-in-a-row-88ab';

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

async function until(holds: () => Promise<boolean>): Promise<void> {
  for (let attempt = 0; attempt < 600; attempt += 1) {
    if (await holds()) return;
    await wait(50);
  }
  throw new Error('it never came to that');
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

describe('with a writer at work', () => {
  let run: RunResult;
  let seen: { readonly looks: number; readonly hits: readonly string[] };

  beforeAll(async () => {
    const stopWriting = startWriter();
    const stopWatching = watchHere([password, '-it']);
    run = await site.run({ password }, { secrets: [password] });
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

  test('nothing of the scratch server is left', async () => {
    const left = await docker([
      'ps',
      '-aq',
      '--filter',
      `label=shiplock.scratch=${site.app}/production`,
    ]);
    expect(left).toBe('');
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

  test('and a service, a database and a password that are not there, too', async () => {
    await site.configure(
      [
        { engine: 'postgres', service: 'dbb' },
        { engine: 'postgres', service: 'db', 'password-env': 'NOT_SET' },
        { engine: 'postgres', 'url-env': 'DATABASE_URL', verify: 'read' },
      ],
      { project: site.app },
    );
    const run = await site.run({}, { env: { DATABASE_URL: 'mysql://x' } });
    expect(run.log).toContain('backup[0].service: no container of the service dbb is there');
    expect(run.log).toContain(
      'backup[1].password-env: the variable NOT_SET is not set in this step',
    );
    expect(run.log).toContain(
      'backup[2].url-env: the variable DATABASE_URL holds no URL of PostgreSQL',
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

describe('a dump that is cut off', () => {
  let own: BackupSite;

  beforeAll(async () => {
    own = await openBackupSite('pgcut');
    await own.configure([{ engine: 'postgres', service: 'db', database: 'big' }], {
      project: site.app,
    });
    await server.sql('create database big', 'postgres');
    await server.sql(
      `create table rows as select i, (select string_agg(md5(random()::text || i || j), '') from generate_series(1, 12) j) as body from generate_series(1, 250000) i`,
      'big',
    );
  }, 120_000);

  afterAll(() => own.close());

  const dumping = (handle: { seen(pattern: RegExp): Promise<string> }) =>
    handle.seen(/dumping/).then(() =>
      until(async () => {
        const { stdout } = await runCommand([
          'sh',
          '-c',
          `stat -c %s ${own.folder}/.partial-*/database.dump`,
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
    ['pg_dump is killed', () => server.kill('/usr/lib/postgresql/17/bin/pg_dump ', "dbname='big'")],
  ])('because %s fails the run and leaves nothing that looks like a backup', async (_, kill) => {
    const handle = own.start();
    await dumping(handle);
    await kill();
    const run = await handle.done;
    expect(run).toMatchObject({ exitCode: 1, outputs: { verdict: 'failed' } });
    expect(run.log).toMatch(/pg_dump (ended with code|was killed)/);
    expect(await own.names()).toEqual([]);
  });

  test('a second run at once is refused, and a cancelled one leaves nothing and no dump that goes on', async () => {
    const handle = own.start();
    await dumping(handle);
    const second = await own.run();
    expect(second).toMatchObject({ exitCode: 3, outputs: { verdict: 'refused' } });
    expect(second.log).toContain('another backup of this app runs');
    handle.cancel();
    expect((await handle.done).conclusion).toBe('cancelled');
    expect(await own.names()).toEqual([]);
    await until(
      async () =>
        (await server.sql(
          `select count(*) from pg_stat_activity where query like 'COPY %' and datname = 'big'`,
        )) === '0',
    );
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

  test.each([
    ['cut short', (file: string) => truncate(file, 5000)],
    ['changed in one bit', flipBit],
    ['longer than it was', (file: string) => appendFile(file, 'x')],
  ])('a file that was %s is found, and the backup counts no more', async (_, damage) => {
    const { id } = await site.take({ verify: 'read' });
    await damage(join(site.folder, id, 'database.dump'));
    const run = await site.run({ mode: 'verify', 'backup-id': id, verify: 'read' });
    expect(run).toMatchObject({ exitCode: 1, outputs: { verdict: 'failed' } });
    expect(run.log).toContain(`${id} is damaged: database.dump is not what was written`);
    await expect(site.manifest(id)).rejects.toThrow('ENOENT');
  });

  async function flipBit(file: string): Promise<void> {
    const bytes = await readFile(file);
    const middle = Math.floor(bytes.length / 2);
    bytes[middle] = (bytes[middle] ?? 0) ^ 1;
    await writeFile(file, bytes);
  }
});

test('a dump behind a lock gives up after half a minute and says what stands in its way', async () => {
  const run = await locked.done;
  await unlock();
  expect(run).toMatchObject({ exitCode: 1, outputs: { verdict: 'failed' } });
  expect(run.log).toContain('Something holds a lock on a table');
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
  await site.configure([{ engine: 'postgres', service: 'db', database: 'broken' }], {
    project: site.app,
  });
  const before = await site.names();
  const run = await site.run({}, { secrets: [row] });
  expect(run).toMatchObject({ exitCode: 1, outputs: { verdict: 'failed' } });
  expect(run.log).toMatch(/pg_restore, scratch ended with code 1: .*bookings/);
  expect(await site.names()).toEqual(before);
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

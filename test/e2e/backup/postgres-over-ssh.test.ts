import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import type { BackupManifest } from '../../../src/domain/records/backup';
import { mariadbImage } from '../../support/backup/mysql-stand';
import { installFrom, startPostgresOnHost } from '../../support/backup/on-the-host';
import { openBackupSite, type BackupSite } from '../../support/backup/site';
import { postgresImage } from '../../support/backup/postgres';
import { storeImage } from '../../support/backup/store-image';
import { startEnvironment, type Environment } from '../../support/environment';
import { loginInputs } from '../../support/login-inputs';
import { watchCommandLines } from '../../support/release/watch';
import type { RunHandle, RunResult } from '../../support/runner/runner';
import type { Server } from '../../support/server';
import { until } from '../../support/until';

const password = 'canary-over-the-wire-19e0';
const disk = '/var/lib/shiplock';

let environment: Environment;
let server: Server;
let site: BackupSite;
let login: Readonly<Record<string, string>>;
let image: string;

beforeAll(async () => {
  environment = await startEnvironment();
  image = await environment.pushImage(await postgresImage(), 'shiplock-test/postgres:17');
  server = await environment.startServer({
    name: 'pghost',
    images: [image],
    disks: { [disk]: '320m' },
  });
  await server.exec(['chown', 'deploy', disk]);
  await startDatabase();
  login = await loginInputs(environment, server);
  site = await openBackupSite('pgwire');
  await site.configure([{ engine: 'postgres', service: 'db', 'password-env': 'DB_PASSWORD' }]);
}, 600_000);

afterAll(async () => {
  await site.close();
  await environment.stop();
});

async function startDatabase(): Promise<void> {
  await server.docker([
    ...['run', '--detach', '--name', 'db', '--env', 'POSTGRES_DB=shop'],
    ...['--label', 'com.docker.compose.project=shop', '--label', 'com.docker.compose.service=db'],
    ...['--label', 'com.docker.compose.oneoff=False', image],
  ]);
  await until(async () => {
    const { code } = await server.exec(['docker', 'exec', 'db', 'pg_isready', '-h', '127.0.0.1']);
    return code === 0;
  });
  await sql('create table notes as select i, md5(i::text) from generate_series(1, 500) i', 'shop');
  await sql('create database big', 'shop');
  await sql(
    `create table rows as select i, (select string_agg(md5(random()::text || i || j), '') from generate_series(1, 12) j) as body from generate_series(1, 200000) i`,
    'big',
  );
}

async function sql(text: string, database: string): Promise<void> {
  await server.docker(
    [
      ...['exec', '-i', 'db', 'psql', '-Xq', '-v', 'ON_ERROR_STOP=1'],
      '-U',
      'postgres',
      '-d',
      database,
    ],
    { stdin: text },
  );
}

const start = (inputs: Readonly<Record<string, string>> = {}): RunHandle =>
  site.start({ ...login, ...inputs }, { env: { DB_PASSWORD: password }, secrets: [password] });

const run = (inputs: Readonly<Record<string, string>> = {}): Promise<RunResult> =>
  start(inputs).done;

const big = { engine: 'postgres', service: 'db', database: 'big', verify: 'read' };

/** Waits until a part of the dump is on the server's disk. */
async function dumping(handle: RunHandle): Promise<void> {
  await handle.seen(/dumping/);
  await until(async () => {
    const found = await server.exec([
      'find',
      disk,
      '-name',
      'database.dump',
      '-size',
      '+1M',
      '-path',
      '*partial*',
    ]);
    return found.stdout !== '';
  });
}

const published = async (): Promise<readonly string[]> => {
  const { stdout } = await server.exec(['find', disk, '-name', 'manifest.json']);
  return stdout.split('\n').filter((line) => line !== '');
};

const partials = async (): Promise<string> =>
  (await server.exec(['find', disk, '-name', '.partial-*'])).stdout;

test('a backup on a server is proven there, and its password stands on no command line on either side', async () => {
  const stop = await watchCommandLines(server, [password]);
  const done = await run();
  const seen = await stop();
  expect(done).toMatchObject({
    exitCode: 0,
    outputs: { verdict: 'proven', 'verify-level': 'restore', rows: '500' },
  });
  expect(done.outputs['path']).toMatch(new RegExp(`^${disk}/.*/backups/1-postgres-db$`));
  expect(seen.hits).toEqual([]);
  expect(seen.looks.server).toBeGreaterThan(100);
  const { stdout } = await server.exec(['grep', '-rlF', password, disk]);
  expect(stdout).toBe('');
});

test('a connection that is lost during the dump leaves no backup, and the next run clears what it left', async () => {
  const before = await published();
  const handle = start(big);
  await dumping(handle);
  await server.dropSshConnections();
  const lost = await handle.done;
  expect(lost.exitCode).not.toBe(0);
  expect(lost.log).toMatch(/connection was lost|closed the connection/);
  expect(await published()).toEqual(before);
  // What was started there goes on for a while: until then its folder is left to it.
  await until(async () => (await server.exec(['pgrep', '-f', 'pg_dump'])).code !== 0);
  expect(await run(big)).toMatchObject({ exitCode: 0, outputs: { verdict: 'proven' } });
  expect(await published()).toHaveLength(before.length + 1);
  expect(await partials()).toBe('');
});

test('a disk that fills up during the dump leaves no backup, and no rest that takes room', async () => {
  const before = await published();
  const handle = start(big);
  await dumping(handle);
  await server.exec(['dd', 'if=/dev/zero', `of=${disk}/filler`, 'bs=1M']);
  const full = await handle.done;
  await server.exec(['rm', `${disk}/filler`]);
  expect(full).toMatchObject({ exitCode: 1, outputs: { verdict: 'failed' } });
  expect(full.log).toMatch(/no space left on device/i);
  expect(await published()).toEqual(before);
  expect(await partials()).toBe('');
});

test('a disk without room is refused before anything is begun', async () => {
  await server.exec(['dd', 'if=/dev/zero', `of=${disk}/filler`, 'bs=1M', 'count=200']);
  const refused = await run(big);
  await server.exec(['rm', `${disk}/filler`]);
  expect(refused).toMatchObject({ exitCode: 3, outputs: { verdict: 'refused' } });
  expect(refused.log).toMatch(/are free, .* are needed for the dump/);
});

describe('databases that run in no service of the app', () => {
  const canary = 'canary-of-the-url-5b7e';
  const url = {
    mariadb: `mysql://backup:${canary}@127.0.0.1:3399/shop?ssl-mode=REQUIRED`,
    redis: `redis://backup:${canary}@127.0.0.1:6399`,
    without: `redis://without:${canary}@127.0.0.1:6399`,
  };
  const env = { MARIADB_URL: url.mariadb, REDIS_URL: url.redis, WITHOUT_SYNC_URL: url.without };
  const notes = { engine: 'postgres', database: 'notes' };
  let own: BackupSite;
  let published: { readonly postgres: string; readonly mariadb: string; readonly redis: string };

  beforeAll(async () => {
    const [mariadb, redis] = [await mariadbImage(), await storeImage('redis')];
    published = {
      postgres: await environment.pushImage(await postgresImage(), 'shiplock-test/published:pg'),
      mariadb: await environment.pushImage(mariadb, 'shiplock-test/published:mariadb'),
      redis: await environment.pushImage(redis, 'shiplock-test/published:redis'),
    };
    for (const one of [published.mariadb, published.redis]) await server.docker(['pull', one]);
    for (const one of [image, published.mariadb, published.redis]) await installFrom(server, one);
    await Promise.all([startPostgresOnHost(server), startManaged()]);
    own = await openBackupSite('nocontainer');
  }, 300_000);

  afterAll(() => own.close());

  /** Containers that stand for what a provider runs: they are in no Compose project, and only their addresses are known. */
  async function startManaged(): Promise<void> {
    const run = (name: string, port: string, ...words: string[]) =>
      server.docker([
        'run',
        '--detach',
        '--name',
        name,
        '--publish',
        `127.0.0.1:${port}`,
        ...words,
      ]);
    const say = (words: readonly string[], stdin: string) =>
      server.exec(['docker', 'exec', '-i', ...words], { stdin });
    const fast = ['redis-server', '--repl-diskless-sync-delay', '0', '--protected-mode', 'no'];
    await run('keys', '6399:6379', published.redis, ...fast);
    await run('tables', '3399:3306', '--env', 'MARIADB_ROOT_PASSWORD=x', published.mariadb);
    await until(async () => (await say(['keys', 'redis-cli', '-e', 'PING'], '')).code === 0);
    await server.docker(['exec', '-i', 'keys', 'redis-cli', '-e'], {
      stdin: `MSET a 1 b 2 c 3
ACL SETUSER backup on >${canary} ~* +ping +info +sync +replconf +config|get
ACL SETUSER without on >${canary} ~* +@all -sync -psync
`,
    });
    const client = ['-e', 'MYSQL_PWD=x', 'tables', 'mariadb', '-uroot'];
    await until(async () => (await say(client, 'select 1')).code === 0);
    await server.docker(['exec', '-i', ...client], {
      stdin: `create database shop; use shop; create table items (id int primary key); insert into items values (1), (2);
create user backup@'%' identified by '${canary}';
grant select, show view, trigger, event, show create routine on shop.* to backup@'%';`,
    });
  }

  const runOwn = async (
    databases: readonly object[],
    inputs: Readonly<Record<string, string>> = {},
  ): Promise<RunResult> => {
    await own.configure(databases);
    return own.run({ ...login, ...inputs }, { env, secrets: [canary] });
  };

  test('a dry run tells which image would be pulled, and pulls none', async () => {
    const dry = await runOwn([notes], { 'dry-run': 'true' });
    expect(dry.exitCode).toBe(0);
    expect(dry.summary).toContain('`postgres:17` would be pulled');
    expect((await server.exec(['docker', 'image', 'inspect', 'postgres:17'])).code).not.toBe(0);
  });

  test('an image that cannot be had is named with the ways out, before anything is begun', async () => {
    const refused = await runOwn([notes]);
    expect(refused).toMatchObject({ exitCode: 3, outputs: { verdict: 'refused' } });
    expect(refused.log).toContain('pulling postgres:17 for a scratch server');
    expect(refused.log).toMatch(
      /backup\[0\]\.scratch-image: the scratch server has no image: postgres:17 could not be pulled .*Fix: name an image .* or set verify: read/,
    );
  });

  test('one that is named is pulled, and what it was stands in the manifest', async () => {
    await server.docker(['rmi', image]).catch(() => undefined);
    const done = await runOwn([{ ...notes, 'scratch-image': published.postgres }]);
    expect(`${done.exitCode} ${done.log}`).toMatch(/^0 /);
    expect(done).toMatchObject({ outputs: { 'verify-level': 'restore', rows: '300' } });
    expect(done.log).toContain(`pulling ${published.postgres} for a scratch server`);
    const [manifest] = JSON.parse(done.outputs['manifest'] ?? '[]') as BackupManifest[];
    const id = await server.docker(['image', 'inspect', '--format', '{{.Id}}', published.postgres]);
    expect(manifest).toMatchObject({
      ...{ engineImage: null, imageDigest: null, serverVersion: expect.stringMatching(/^17/) },
      verify: { image: { name: published.postgres, id, digest: published.postgres } },
    });
  });

  describe('with images at hand under the names of the official ones', () => {
    // They stand for them: the official ones cannot be pulled here.
    const standIns = (): readonly (readonly [string, string])[] => [
      [published.postgres, 'postgres:17'],
      [published.mariadb, 'mariadb:11.8'],
      [published.redis, 'redis:8.0'],
    ];

    beforeAll(async () => {
      for (const [one, name] of standIns()) await server.docker(['tag', one, name]);
    });

    afterAll(async () => {
      for (const [, name] of standIns()) await server.docker(['rmi', name]);
    });

    test('PostgreSQL on the host, MariaDB and Redis by their URLs are restored and counted; no password is on a command line', async () => {
      const stop = await watchCommandLines(server, [canary]);
      const done = await runOwn([
        notes,
        { engine: 'mariadb', 'url-env': 'MARIADB_URL' },
        { engine: 'redis', 'url-env': 'REDIS_URL' },
      ]);
      const seen = await stop();
      expect(`${done.exitCode} ${done.log}`).toMatch(/^0 /);
      expect(done.outputs).toMatchObject({ 'verify-level': 'restore', rows: '305' });
      const manifests = JSON.parse(done.outputs['manifest'] ?? '[]') as BackupManifest[];
      expect(manifests.map(({ verify }) => verify.image?.name)).toEqual([
        'postgres:17',
        'mariadb:11.8',
        'redis:8.0',
      ]);
      expect(seen.hits).toEqual([]);
      expect((await server.exec(['grep', '-rlF', canary, disk])).stdout).toBe('');
    });

    test('an extension that no published image has is told, with what helps', async () => {
      const failed = await runOwn([{ engine: 'postgres', database: 'extended' }]);
      expect(failed).toMatchObject({ exitCode: 1, outputs: { verdict: 'failed' } });
      expect(failed.log).toMatch(/extension "own" is not available[^]*scratch-image/);
    });
  });

  test('a Redis whose user may not SYNC is refused with the right that is missing', async () => {
    const refused = await runOwn([{ engine: 'redis', 'url-env': 'WITHOUT_SYNC_URL' }]);
    expect(refused).toMatchObject({ exitCode: 3, outputs: { verdict: 'refused' } });
    expect(refused.log).toContain('user without may not run SYNC');
    expect(refused.log).toContain('ACL SETUSER without +ping +info +sync +replconf +config|get');
  });
});

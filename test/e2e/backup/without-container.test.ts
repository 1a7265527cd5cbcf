import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import type { BackupManifest } from '../../../src/domain/records/backup';
import { mariadbImage } from '../../support/backup/mysql-stand';
import { installFrom, startPostgresOnHost } from '../../support/backup/on-the-host';
import { postgresImage } from '../../support/backup/postgres';
import { openBackupSite, type BackupSite } from '../../support/backup/site';
import { storeImage } from '../../support/backup/store-image';
import { startEnvironment, type Environment } from '../../support/environment';
import { loginInputs } from '../../support/login-inputs';
import { watchCommandLines } from '../../support/release/watch';
import type { RunResult } from '../../support/runner/runner';
import type { Server } from '../../support/server';
import { until } from '../../support/until';

const disk = '/var/lib/shiplock';

let environment: Environment;
let server: Server;
let login: Readonly<Record<string, string>>;
let image: string;

beforeAll(async () => {
  environment = await startEnvironment();
  image = await environment.pushImage(await postgresImage(), 'shiplock-test/postgres:17');
  server = await environment.startServer({ name: 'nocontainer', images: [image] });
  await server.exec(['install', '-d', '-o', 'deploy', disk]);
  login = await loginInputs(environment, server);
}, 600_000);

afterAll(() => environment.stop());

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

import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { DatabaseStand } from '../../support/backup/database-stand';
import { openBackupSite, type BackupSite } from '../../support/backup/site';
import { storeImage } from '../../support/backup/store-image';
import { docker } from '../../support/run-command';

const password = 'canary-of-the-cache-4b1d';
const nodeImage = '127.0.0.1:5000/shiplock/keeper-node:24';
const stand = new DatabaseStand();
let site: BackupSite;

const ofService = (service: string): readonly string[] =>
  ['project=shop', `service=${service}`, 'oneoff=False'].flatMap((one) => [
    '--label',
    `com.docker.compose.${one.replace('shop', `shop-${process.pid}`)}`,
  ]);

beforeAll(async () => {
  site = await openBackupSite('stores');
  const [redis, valkey, app] = await Promise.all(
    (['redis', 'valkey', 'sqlite'] as const).map(storeImage),
  );
  const fast = ['--repl-diskless-sync-delay', '0'];
  const cache = await stand.run([...ofService('cache'), redis ?? '', 'redis-server', ...fast]);
  const queue = await stand.run([...ofService('queue'), valkey ?? '', 'valkey-server', ...fast]);
  await stand.run([...ofService('idle'), valkey ?? '', 'valkey-server']);
  const web = await stand.run([...ofService('web'), app ?? '']);
  const sql = 'CREATE TABLE t (x); INSERT INTO t VALUES (1), (2);';
  await docker(['exec', web, 'sqlite3', '/data/app.db', sql]);
  await docker(['exec', cache, 'redis-cli', 'MSET', 'a', '1', 'b', '2']);
  await docker(['exec', cache, 'redis-cli', 'CONFIG', 'SET', 'requirepass', password]);
  await docker(['exec', queue, 'valkey-cli', 'RPUSH', 'jobs', '1']);
  mkdirSync(join(site.workspace, 'uploads'));
  writeFileSync(join(site.workspace, 'uploads/one'), 'one');
});

afterAll(async () => {
  await stand.end();
  await site.close();
});

describe('one run of actions/backup', () => {
  test('takes and proves Redis, Valkey, SQLite and files; a drill proves them again', async () => {
    await site.configure(
      [
        { engine: 'redis', service: 'cache', 'password-env': 'CACHE_PASSWORD' },
        { engine: 'valkey', service: 'queue' },
        { engine: 'sqlite', service: 'web', path: '/data/app.db' },
        { engine: 'files', path: [join(site.workspace, 'uploads')] },
      ],
      { project: `shop-${process.pid}` },
    );
    const inputs = { 'keeper-image': nodeImage };
    const options = { env: { CACHE_PASSWORD: password }, secrets: [password] };
    const taken = await site.run(inputs, options);
    expect(`${taken.exitCode} ${taken.log}`).toMatch(/^0 /);
    const ids = await site.names();
    const manifests = await Promise.all(ids.map((id) => site.manifest(id)));
    expect(
      manifests.map(({ engine, verify, rowCounts }) => [engine, verify.level, rowCounts]),
    ).toEqual([
      ['redis', 'restore', { db0: 2 }],
      ['valkey', 'restore', { db0: 1 }],
      ['sqlite', 'restore', { t: 2 }],
      ['files', 'restore', { [join(site.workspace, 'uploads')]: 1 }],
    ]);
    expect(JSON.stringify(manifests)).not.toContain(password);
    const drill = await site.run({ ...inputs, mode: 'verify' }, options);
    expect(`${drill.exitCode} ${drill.log}`).toMatch(/^0 /);
  });

  test('refuses a path, a service and a server in which nothing is: a typing error looks like that', async () => {
    const before = await site.names();
    await site.configure(
      [
        { engine: 'sqlite', service: 'web', path: '/data/ap.db' },
        { engine: 'sqlite', service: 'wbe', path: '/data/app.db' },
        { engine: 'valkey', service: 'idle' },
        { engine: 'files', path: [join(site.workspace, 'uplaods')] },
      ],
      { project: `shop-${process.pid}` },
    );
    const refused = await site.run();
    expect(refused).toMatchObject({ exitCode: 3, outputs: { verdict: 'refused' } });
    expect(refused.log).toContain('backup[0]: does not exist.');
    expect(refused.log).toContain('backup[1].service: no container of the service wbe is there');
    expect(refused.log).toContain('backup[2]: has nothing in it.');
    expect(refused.log).toMatch(/backup\[3\].path: .*uplaods is not there/);
    expect(await site.names()).toEqual(before);
  });
});

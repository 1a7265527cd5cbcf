import { existsSync, mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { files } from '../../../src/operations/backup/engines/files';
import { redisEngine } from '../../../src/operations/backup/engines/redis';
import { sqlite } from '../../../src/operations/backup/engines/sqlite';
import type { RestoreOrder } from '../../../src/operations/backup/database-engine';
import { DatabaseStand } from '../../support/backup/database-stand';
import { openBackupSite, type BackupSite } from '../../support/backup/site';
import { storeImage } from '../../support/backup/store-image';
import { docker } from '../../support/run-command';

const stand = new DatabaseStand();
const volume = `shiplock-test-restored-${process.pid}`;
const images = { sqlite: '', redis: '' };

beforeAll(async () => {
  images.sqlite = await storeImage('sqlite');
  images.redis = await storeImage('redis');
});

afterAll(async () => {
  await stand.end();
  await docker(['volume', 'rm', '--force', volume]);
});

const told: string[] = [];

/** An order that looks at the counts as the frame does. */
const order = (tag: string, expected: object): RestoreOrder => ({
  tag,
  check: ({ rowCounts }) => {
    expect(rowCounts).toEqual(expected);
  },
  tell: (text) => told.push(text),
});

const refusing = (tag: string): RestoreOrder => ({
  ...order(tag, {}),
  check: () => {
    throw new Error('not what was backed up');
  },
});

describe('SQLite', () => {
  test('comes back while the app stands still, without the -wal of what was there', async () => {
    const app = await stand.run([images.sqlite]);
    const run = (sql: string) =>
      docker(['exec', '-i', app, 'sqlite3', '/data/app.db'], { stdin: sql });
    await run('PRAGMA journal_mode = wal; CREATE TABLE t (x); INSERT INTO t VALUES (1), (2), (3);');
    await docker(['exec', app, 'sh', '-c', 'chown 1234:4321 /data/app.db; chmod 640 /data/app.db']);
    const database = await stand.database(app, { engine: 'sqlite', paths: ['/data/app.db'] });
    const taken = await stand.take(sqlite, database);
    const late = "{ echo 'INSERT INTO t VALUES (4);'; sleep 600; } | sqlite3 /data/app.db";
    await docker(['exec', '-d', app, 'sh', '-c', late]);
    while ((await run('SELECT count(*) FROM t')) !== '4');

    await expect(sqlite.restore(database, taken, refusing('no'))).rejects.toThrow('not what was');
    expect(await run('SELECT count(*) FROM t')).toBe('4');
    expect(await docker(['exec', app, 'ls', '/data'])).not.toContain('restore-');

    const restored = await sqlite.restore(database, taken, order('r1', { t: 3 }));
    expect(await run('SELECT count(*) FROM t')).toBe('3');
    expect(told.join('\n')).toMatch(/Stopping .*\nStarted .* again/);
    const old = 'file:/data/app.db.before-r1?mode=ro';
    expect(await docker(['exec', app, 'sqlite3', old, 'SELECT count(*) FROM t'])).toBe('4');
    expect(await docker(['exec', app, 'stat', '-c', '%a %u:%g', '/data/app.db'])).toBe(
      '640 1234:4321',
    );
    expect(restored.kept).toMatch(/app\.db\.before-r1$/);
  });

  test('onto a host that has none yet', async () => {
    const folder = mkdtempSync(join(stand.folder, 'source-'));
    await docker([
      'run',
      '--rm',
      '-v',
      `${folder}:/d`,
      images.sqlite,
      'sqlite3',
      '/d/a.db',
      'CREATE TABLE t (x)',
    ]);
    const source = await stand.database(null, { engine: 'sqlite', paths: [join(folder, 'a.db')] });
    const taken = await stand.take(sqlite, source);
    const path = join(stand.folder, 'new/folder/a.db');
    const target = await stand.database(null, { engine: 'sqlite', paths: [path] });
    expect(await sqlite.restore(target, taken, order('r2', { t: 0 }))).toMatchObject({
      kept: null,
    });
    expect(existsSync(path)).toBe(true);
  });
});

describe('files', () => {
  test('come back with a volume, while the containers that use them stand still', async () => {
    const folder = mkdtempSync(join(stand.folder, 'app '));
    const env = join(folder, '.env');
    writeFileSync(env, 'GOOD=1');
    const app = await stand.run(['-v', `${volume}:/data`, '-v', `${folder}:/app`, images.sqlite]);
    const change = (text: string) => docker(['exec', app, 'sh', '-ec', text]);
    await change('echo one > /data/one; chown 33:33 /data /data/one');
    const paths = [folder, `volume:${volume}`];
    const database = await stand.database(null, { engine: 'files', paths });
    const taken = await stand.take(files, database);
    const counts = { [folder]: 1, [`volume:${volume}`]: 1 };
    await change('echo BAD=1 > /app/.env; rm /data/one; echo two > /data/two');

    await expect(files.restore(database, taken, refusing('no'))).rejects.toThrow('not what was');
    expect(readFileSync(env, 'utf8')).toBe('BAD=1\n');
    expect(await change('ls -A /data /app')).not.toContain('restore-');

    const restored = await files.restore(database, taken, order('r3', counts));
    expect(await change('cat /app/.env')).toBe('GOOD=1');
    expect(await change('stat -c "%n %U" /data/*')).toBe('/data/one www-data');
    expect(await change('cat /data/.before-r3/two')).toBe('two');
    expect(restored.kept).toContain(`${folder}.before-r3`);
  });
});

describe.each(['no', 'yes'])('Redis with appendonly %s', (appendonly) => {
  test('comes back with all keys, and keeps them over a restart', async () => {
    const redis = redisEngine('redis');
    const options = ['--appendonly', appendonly, '--repl-diskless-sync-delay', '0'];
    const id = await stand.run([images.redis, 'redis-server', ...options]);
    const ask = (...words: string[]) => docker(['exec', id, 'redis-cli', ...words]);
    while ((await ask('PING').catch(() => '')) !== 'PONG');
    await ask('MSET', 'a', '1', 'b', '2', 'c', '3');
    const database = await stand.database(id, { engine: 'redis' });
    const taken = await stand.take(redis, database);
    await ask('FLUSHALL');
    await ask('SET', 'bad', 'x');

    await expect(redis.restore(database, taken, refusing('no'))).rejects.toThrow('not what was');
    expect(await ask('KEYS', '*')).toBe('bad');

    const restored = await redis.restore(database, taken, order(`r4${appendonly}`, { db0: 3 }));
    expect(await ask('MGET', 'a', 'b', 'c', 'bad')).toBe('1\n2\n3');
    await docker(['restart', id]);
    while ((await ask('PING').catch(() => '')) !== 'PONG');
    expect(await ask('DBSIZE')).toBe('3');
    expect(restored.kept).toMatch(/before-r4/);
    const data = await docker(['exec', id, 'ls', '/data']);
    expect(data).toContain(`before-r4${appendonly}`);
    expect(data).not.toContain('restore-');
  });
});

describe('a run that is killed while containers stand still', () => {
  let site: BackupSite;
  let web: string;
  let redis: string;
  const image = { 'keeper-image': '127.0.0.1:5000/shiplock/keeper-node:24' };

  const service = (name: string, words: readonly string[]) => {
    const labels = { project: site.app, service: name, oneoff: 'False' };
    const label = Object.entries(labels).flatMap(([key, value]) => [
      '--label',
      `com.docker.compose.${key}=${value}`,
    ]);
    // It takes its time to stop.
    return stand.run([...label, '--stop-timeout', '4', '--stop-signal', 'WINCH', ...words]);
  };
  const rows = (sql: string) =>
    docker(['exec', '-i', web, 'sqlite3', '/data/app.db'], { stdin: sql });
  const keys = (...words: string[]) => docker(['exec', redis, 'redis-cli', ...words]);
  const running = (id: string) => docker(['inspect', '--format', '{{.State.Running}}', id]);

  beforeAll(async () => {
    site = await openBackupSite('restorecut');
    web = await service('web', [images.sqlite]);
    const options = ['--appendonly', 'yes', '--repl-diskless-sync-delay', '0'];
    redis = await service('redis', [images.redis, 'redis-server', ...options]);
    await rows(
      'PRAGMA journal_mode = wal; CREATE TABLE t (x); INSERT INTO t VALUES (1), (2), (3);',
    );
    while ((await keys('PING').catch(() => '')) !== 'PONG');
    await keys('MSET', 'a', '1', 'b', '2', 'c', '3');
    const databases = [
      { engine: 'sqlite', service: 'web', path: '/data/app.db' },
      { engine: 'redis', service: 'redis' },
    ];
    await site.configure(databases, { project: site.app });
    expect((await site.run(image)).exitCode).toBe(0);
  }, 120_000);

  afterAll(() => site.close());

  test.each(['sqlite', 'redis'])(
    '%s: the next run ends it, starts them, and says so',
    async (engine) => {
      const [id, name, target] =
        engine === 'sqlite'
          ? [web, '1-sqlite-app.db', 'sqlite:web//data/app.db']
          : [redis, '2-redis', 'redis:redis'];
      if (engine === 'sqlite') await rows('DELETE FROM t;');
      else await keys('FLUSHALL');
      const { command } = (await site.manifest(name)).restore ?? {};
      expect(command).toMatch(
        /^- \{ uses: \S+, with: \{ mode: "restore", environment: "production", /,
      );
      expect(command).toContain(`target: "${target}", confirm: "${target} ${name}" } }`);
      const asked = {
        ...image,
        mode: 'restore',
        'backup-id': name,
        target,
        confirm: `${target} ${name}`,
      };
      const handle = site.start({ ...asked, 'skip-safety-backup': 'there is one' });
      await handle.seen(/Stopping/);
      handle.kill();
      await handle.done;
      // Whatever the engine does with an order whose giver is gone.
      await docker(['kill', id]);
      const dry = await site.run({ ...image, 'dry-run': 'true' });
      expect(dry.log).toMatch(/a restore was cut off: .*\n?.*sh \S+unfinished-restore\.sh/);
      expect(await running(id)).toBe('false');
      const next = await site.run({ ...image, mode: 'verify', 'backup-id': name });
      expect(next.log).toMatch(/a restore that was cut off was ended first/);
      expect(next.exitCode).toBe(0);
      expect(await running(id)).toBe('true');
      if (engine === 'sqlite') expect(await rows('SELECT count(*) FROM t;')).toBe('3');
      else {
        while ((await keys('PING').catch(() => '')) !== 'PONG');
        expect(await keys('DBSIZE')).toBe('3');
      }
      expect(await docker(['exec', id, 'ls', '-A', '/data'])).not.toContain('restore-');
      const again = await site.run(asked);
      expect([again.exitCode, again.log]).toEqual([0, expect.not.stringContaining('cut off')]);
    },
    120_000,
  );
});

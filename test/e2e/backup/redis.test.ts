import { readFileSync, statSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import type { RowCount } from '../../../src/domain/records/backup';
import { ShiplockError } from '../../../src/errors';
import { redisEngine } from '../../../src/operations/backup/engines/redis';
import { commandLines } from '../../support/backup/command-lines';
import { DatabaseStand } from '../../support/backup/database-stand';
import { storeImage } from '../../support/backup/store-image';
import { docker, runCommand } from '../../support/run-command';

const password = 'canary-7d1f';
const stand = new DatabaseStand();
const images = { redis: '', valkey: '' };

beforeAll(async () => {
  images.redis = await storeImage('redis');
  images.valkey = await storeImage('valkey');
});

afterAll(() => stand.end());

type Kind = keyof typeof images;

/** A server that answers; its replicas need not wait for others. */
async function startServer(
  kind: Kind,
  options: readonly string[] = [],
  container: readonly string[] = [],
): Promise<string> {
  const fast = ['--repl-diskless-sync-delay', '0', '--protected-mode', 'no'];
  const id = await stand.run([...container, images[kind], `${kind}-server`, ...fast, ...options]);
  const ping = ['docker', 'exec', id, `${kind}-cli`, 'PING'];
  while (!/PONG|NOAUTH/.test((await runCommand(ping)).stdout));
  return id;
}

const ask = (kind: Kind, id: string, ...words: string[]): Promise<string> =>
  docker(['exec', '-i', '-e', `REDISCLI_AUTH=${password}`, id, `${kind}-cli`, ...words]);

const inside = (count: RowCount | undefined, keys: number): boolean =>
  typeof count === 'number'
    ? count === keys
    : count !== undefined && count.min <= keys && keys <= count.max;

describe.each<Kind>(['redis', 'valkey'])('%s', (kind) => {
  const engine = redisEngine(kind);

  test('while it is written to: whole, checked, and all of it in a scratch server', async () => {
    const id = await startServer(kind, ['--requirepass', password]);
    const database = await stand.database(id, { engine: kind }, { password });
    await ask(kind, id, 'EVAL', "for i=1,20000 do redis.call('SET', 'k'..i, i) end", '0');
    await ask(kind, id, '-n', '3', 'MSET', 'a', '1', 'b', '2');
    await stand.run([
      ...['--network', `container:${id}`, '-e', `REDISCLI_AUTH=${password}`, images[kind]],
      ...[`${kind}-cli`, '-r', '-1', '-i', '0.001', 'RPUSH', 'queue', 'job'],
    ]);
    const taken = await stand.take(engine, database);
    const proof = await stand.prove(engine, database, taken);
    expect(taken.dump.record.facts['transfer']).toBe('diskless');
    expect(inside(taken.manifest.rowCounts['db0'], proof.rowCounts['db0'] as number)).toBe(true);
    expect(proof.rowCounts['db3']).toBe(2);
    const rdb = readFileSync(join(taken.folder, 'dump.rdb'));
    // The end of file sign and the checksum are the last nine bytes: the mark of the transfer is gone.
    expect(rdb.at(-9)).toBe(0xff);
  });
});

const engine = redisEngine('redis');

/** A server with a few keys and its database. */
async function filled(options: readonly string[] = [], container: readonly string[] = []) {
  const id = await startServer('redis', options, container);
  await ask('redis', id, 'MSET', 'a', '1', 'b', '2', 'c', '3');
  return { id, database: await stand.database(id, { engine: 'redis' }) };
}

const problemsOf = async (database: Awaited<ReturnType<typeof filled>>['database']) =>
  (await engine.inspect(database)).problems.map(
    ({ path, says, fix }) => `${path}: ${says}. ${fix}`,
  );

describe('refused before anything is written', () => {
  test('a login that the server does not take, though redis-cli ends with 0', async () => {
    const id = await startServer('redis', ['--requirepass', password]);
    const silent = await runCommand(['docker', 'exec', id, 'redis-cli', 'BGSAVE']);
    expect(silent.code).toBe(0);
    expect(silent.stdout).toContain('NOAUTH');
    for (const wrong of [null, 'wrong']) {
      const database = await stand.database(id, { engine: 'redis' }, { password: wrong });
      expect(await problemsOf(database)).toEqual([
        expect.stringMatching(/^password-env: the server does not take the login: /),
      ]);
    }
  });

  test.each([
    ['without SYNC', '-sync', /^user: user backup may not run SYNC\. ACL SETUSER backup .*\+sync/],
    [
      'without REPLCONF, with which the dump would go over the disk of the server',
      '-replconf',
      /^user: REPLCONF is refused .*disk.* ACL SETUSER backup .*\+replconf/,
    ],
    ['without INFO', '-info', /^user: INFO is not allowed: .* ACL SETUSER backup .*\+info/],
  ])('a user %s', async (_, right, problem) => {
    const { id } = await filled();
    const rights = ['on', `>${password}`, '~*', '+@all', right];
    await ask('redis', id, 'ACL', 'SETUSER', 'backup', ...rights);
    const settings = { engine: 'redis', user: 'backup' } as const;
    const database = await stand.database(id, settings, { password });
    expect(await problemsOf(database)).toEqual([expect.stringMatching(problem)]);
  });

  test('a server whose SYNC was taken away, as services for others do', async () => {
    const { database } = await filled(['--rename-command', 'SYNC', '']);
    expect(await problemsOf(database)).toEqual([
      expect.stringMatching(/^engine: the server has no command SYNC/),
    ]);
  });

  test('a dump over a disk that is full: it would make the server refuse all writes', async () => {
    const disk = ['--tmpfs', '/data:size=4m,uid=100,gid=101'];
    const options = ['--repl-diskless-sync', 'no', '--save', '60 1'];
    const { id, database } = await filled(options, disk);
    await ask('redis', id, 'EVAL', "redis.call('SET','big',string.rep('abcdefghij',900000))", '0');
    expect(await problemsOf(database)).toEqual([
      expect.stringMatching(/repl-diskless-sync is no.* CONFIG SET repl-diskless-sync yes/),
    ]);
    expect(await ask('redis', id, 'SET', 'still', 'written')).toBe('OK');
    await ask('redis', id, 'CONFIG', 'SET', 'repl-diskless-sync', 'yes');
    expect((await stand.take(engine, database)).manifest.rowCounts).toEqual({ db0: 5 });
  });

  test('one node of a cluster', async () => {
    const id = await startServer('redis', ['--cluster-enabled', 'yes']);
    const database = await stand.database(id, { engine: 'redis' });
    expect(await problemsOf(database)).toEqual([expect.stringContaining('one node of a cluster')]);
  });
});

test('a user who may not ask what he may do learns it from the dump, and is told the right', async () => {
  const { id } = await filled();
  const rights = ['on', `>${password}`, '~*', '+ping', '+info', '+replconf', '+command|info'];
  await ask('redis', id, 'ACL', 'SETUSER', 'backup', ...rights);
  const settings = { engine: 'redis', user: 'backup' } as const;
  const database = await stand.database(id, settings, { password });
  const failure: unknown = await stand.take(engine, database).catch((thrown: unknown) => thrown);
  if (!(failure instanceof ShiplockError)) throw new Error('the dump should have failed');
  expect(failure.message).toMatch(/NOPERM .*sync/);
  expect(failure.hint).toContain('+sync');
});

test('an AOF-only server gives all of its keys', async () => {
  const { database } = await filled(['--appendonly', 'yes', '--save', '']);
  const taken = await stand.take(engine, database);
  expect((await stand.prove(engine, database, taken)).rowCounts).toEqual({ db0: 3 });
});

test('keys whose time is over later are still counted in a later proof', async () => {
  const { id, database } = await filled();
  await ask('redis', id, 'SET', 'short', 'x', 'PX', '5000');
  const taken = await stand.take(engine, database);
  while (Number(await ask('redis', id, 'EXISTS', 'short')) > 0);
  expect(taken.manifest.rowCounts).toEqual({ db0: 4 });
  expect((await stand.prove(engine, database, taken)).rowCounts).toEqual({ db0: 4 });
});

test('a server that is killed while it sends: the dump fails', async () => {
  const { id, database } = await filled(['--rdb-key-save-delay', '1000000']);
  const dump = stand.take(engine, database);
  const failed = expect(dump).rejects.toThrow(/redis-cli --rdb/);
  while (!(await ask('redis', id, 'INFO', 'replication')).includes('connected_slaves:1'));
  await docker(['kill', id]);
  await failed;
});

test('the password is on no command line while a dump goes on', async () => {
  const { id } = await filled(['--rdb-key-save-delay', '500000']);
  await ask('redis', id, 'CONFIG', 'SET', 'requirepass', password);
  const database = await stand.database(id, { engine: 'redis' }, { password });
  const lines = commandLines();
  const taken = await stand.take(engine, database);
  const seen = lines.end();
  expect(seen.filter((line) => line.includes('--rdb'))).not.toEqual([]);
  expect(seen.filter((line) => line.includes(password))).toEqual([]);
  expect(JSON.stringify(taken)).not.toContain(password);
});

test('by its URL: what that holds is on no command line and in no record', async () => {
  const { id } = await filled();
  await ask('redis', id, 'CONFIG', 'SET', 'requirepass', password);
  const address = await docker(['inspect', '--format', '{{.NetworkSettings.IPAddress}}', id]);
  const url = `redis://:${password}@${address}:6379`;
  const database = await stand.database(null, { engine: 'redis', urlEnv: 'CACHE_URL' }, { url });
  const lines = commandLines();
  const taken = await stand.take(engine, {
    ...database,
    place: { at: 'url', imageId: await docker(['inspect', '--format', '{{.Image}}', id]) },
  });
  const seen = lines.end();
  expect(taken.manifest.rowCounts).toEqual({ db0: 3 });
  expect(seen.filter((line) => line.includes('--rdb'))).not.toEqual([]);
  expect(seen.filter((line) => line.includes(password))).toEqual([]);
  expect(JSON.stringify(taken)).not.toContain(password);
});

test.each([
  ['cut off', (path: string) => truncateSync(path, statSync(path).size - 20)],
  ['with one bit changed', flipBit],
  ['with nothing in it', (path: string) => truncateSync(path, 0)],
])('a dump %s does not pass', async (_, harm) => {
  const { database } = await filled();
  const taken = await stand.take(engine, database);
  harm(join(taken.folder, 'dump.rdb'));
  await expect(engine.readBack(database, taken)).rejects.toThrow(/check-rdb/);
});

test('a whole dump of another moment does not pass', async () => {
  const { id, database } = await filled();
  const taken = await stand.take(engine, database);
  await ask('redis', id, 'DEL', 'a');
  const later = await stand.take(engine, database);
  writeFileSync(join(taken.folder, 'dump.rdb'), readFileSync(join(later.folder, 'dump.rdb')));
  await expect(engine.readBack(database, taken)).rejects.toThrow('holds 2 keys, the server had 3');
});

function flipBit(path: string): void {
  const bytes = readFileSync(path);
  const middle = bytes.length - 30;
  bytes[middle] = (bytes[middle] ?? 0) ^ 1;
  writeFileSync(path, bytes);
}

import { appendFileSync, readFileSync, statSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import type { RowCount } from '../../../src/domain/records/backup';
import { redisEngine } from '../../../src/operations/backup/engines/redis';
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

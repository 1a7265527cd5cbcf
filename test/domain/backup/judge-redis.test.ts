import { expect, test } from '@jest/globals';
import { judgeRedis } from '../../../src/domain/backup/judge-redis';
import type { RedisSeen } from '../../../src/domain/backup/redis-seen';

/** A server from which a dump can be had, but for these lines of its INFO. */
const seen = (client: string, info: Readonly<Record<string, string>>): RedisSeen => ({
  ...{ client, answer: '', replconf: 'OK', sync: 'sync', user: 'default', dryrun: 'OK' },
  ...{ modules: [], freeBytes: null, config: new Map([['repl-diskless-sync', 'yes']]) },
  info: new Map(Object.entries({ redis_version: '7.2.4', role: 'master', ...info })),
});

const valkey9 = { valkey_version: '9.0.1' };

test.each([
  ['redis-cli 6.2.14', {}, /the client is redis-cli 6\.2\.14, the server redis 7\.2\.4/],
  ['redis-cli 8.0.2', valkey9, /the client is redis-cli 8\.0\.2, the server valkey 9\.0\.1/],
  ['valkey-cli 8.1.0', valkey9, /the server valkey 9\.0\.1/],
  ['redis-cli 8.0.2', { role: 'slave', master_link_status: 'down' }, /without a link/],
  ['redis-cli 8.0.2', { loading: '1' }, /still loading/],
])('%s with %j is refused', (client, info, says) => {
  const { problems } = judgeRedis(seen(client, info));
  expect(problems.map((problem) => problem.says)).toEqual([expect.stringMatching(says)]);
});

test.each([
  ['redis-cli 8.0.2', {}],
  ['valkey-cli 8.1.0', {}],
  ['valkey-cli 9.0.1', valkey9],
  ['redis-cli 8.0.2', { role: 'slave', master_link_status: 'up' }],
])('%s with %j is not', (client, info) =>
  expect(judgeRedis(seen(client, info)).problems).toEqual([]),
);

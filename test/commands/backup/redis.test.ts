import { describe, expect, test } from '@jest/globals';
import {
  addressWords,
  parseInfo,
  parseKeys,
  parseKeysRead,
  readRedisUrl,
} from '../../../src/commands/backup/redis';
import { redisBoot } from '../../../src/commands/backup/redis-scratch';

describe('a URL', () => {
  test.each([
    ['redis://cache.example.com', ['-h', 'cache.example.com'], null],
    [
      'rediss://backup:p%40ss@cache.example.com:6380/0',
      ['-h', 'cache.example.com', '-p', '6380', '--user', 'backup', '--tls'],
      'p@ss',
    ],
    ['redis://:secret@[2001:db8::1]:6379', ['-h', '2001:db8::1', '-p', '6379'], 'secret'],
  ])('%s', (url, words, password) => {
    const read = readRedisUrl(url);
    expect(read && addressWords(read.address)).toEqual(words);
    expect(read?.password).toBe(password);
  });

  test.each(['postgres://db.example.com/shop', 'cache.example.com:6379', ''])(
    '%p is none',
    (url) => {
      expect(readRedisUrl(url)).toBeNull();
    },
  );
});

describe('answers', () => {
  test('INFO with line ends of Windows, sections and keys by database', () => {
    const info = parseInfo(
      '# Server\r\nredis_version:8.0.2\r\n\r\n# Keyspace\r\ndb0:keys=12,expires=0\r\ndb11:keys=1,expires=1\r\n',
    );
    expect(info.get('redis_version')).toBe('8.0.2');
    expect(parseKeys(info)).toEqual({ db0: 12, db11: 1 });
  });

  test('an error in its place is nothing', () => {
    expect(parseInfo('NOAUTH Authentication required.\n\n').size).toBe(0);
  });

  test.each([
    ['[info] 12 keys read\n[info] 0 expires\n', 12],
    ['RDB ERROR DETECTED\n', null],
  ])('of the checker: %p', (said, keys) => {
    expect(parseKeysRead(said)).toBe(keys);
  });
});

describe('a scratch server', () => {
  test('has the databases and the modules of the real one', () => {
    const boot = redisBoot({
      databases: '64',
      modules: [{ path: "/opt/it's.so", args: ['SIZE', '5'] }],
    });
    expect(boot).toContain(`'--databases' '64' '--loadmodule' '/opt/it'\\''s.so' 'SIZE' '5'`);
  });

  test('takes no word for a number of databases', () => {
    expect(redisBoot({ databases: '16; reboot', modules: [] })).not.toContain('reboot');
  });
});

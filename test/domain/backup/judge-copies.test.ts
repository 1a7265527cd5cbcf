import { describe, expect, test } from '@jest/globals';
import { objectUrl, parseBucketAddress } from '../../../src/domain/backup/bucket-address';
import { isProblem, judgeCopies } from '../../../src/domain/backup/judge-copies';

describe('s3-url', () => {
  test.each([
    [
      's3://team-backups/shop?region=eu-central-1',
      { bucket: 'team-backups', prefix: 'shop', endpoint: null, region: 'eu-central-1' },
    ],
    [
      's3://team-backups?region=us-east-1',
      { bucket: 'team-backups', prefix: '', endpoint: null, region: 'us-east-1' },
    ],
    [
      'https://s3.example.com:9000/team-backups/all%20apps/shop/?region=fr-par',
      {
        bucket: 'team-backups',
        prefix: 'all apps/shop',
        endpoint: 'https://s3.example.com:9000',
        region: 'fr-par',
      },
    ],
    [
      'http://127.0.0.1:9000/backups',
      { bucket: 'backups', prefix: '', endpoint: 'http://127.0.0.1:9000', region: 'us-east-1' },
    ],
  ])('%s', (text, address) => {
    expect(parseBucketAddress(text)).toEqual(address);
  });

  test.each([
    ['team-backups/shop', 'it is no URL'],
    ['ftp://s3.example.com/backups', '`ftp:` is not one of its forms'],
    ['http://s3.example.com/backups', 'it goes without TLS'],
    ['https://key:secret@s3.example.com/backups', 'it holds a key'],
    ['https://s3.example.com', '`` is no bucket’s name'],
    ['https://s3.example.com/Backups', '`Backups` is no bucket’s name'],
    ['s3://team-backups/shop', 'it does not say the region'],
    ['s3://team-backups/shop?regoin=x&region=y', 'it has an unknown part `?regoin=`'],
    ['https://s3.example.com/backups/%E0%A4%A', 'it is no URL'],
  ])('%s is refused', (text, says) => {
    const problem = parseBucketAddress(text);
    expect(problem).toMatchObject({ path: 's3-url', says: says.replace('’', "'") });
    expect(JSON.stringify(problem)).not.toContain('secret@');
  });

  test('objects are named as people find them', () => {
    const amazon = { bucket: 'b', prefix: '', endpoint: null, region: 'eu-central-1' };
    expect(objectUrl(amazon, 'shop/x.age')).toBe('s3://b/shop/x.age');
    const other = { ...amazon, endpoint: 'https://s3.example.com' };
    expect(objectUrl(other, 'shop/x.age')).toBe('https://s3.example.com/b/shop/x.age');
  });
});

describe('copies need', () => {
  const all = { accessKey: true, secretKey: true, resticPassword: true };
  const none = { accessKey: false, secretKey: false, resticPassword: false };
  const nowhere = { encryptTo: [], s3Url: null, resticRepository: null };
  const bucket = { ...nowhere, s3Url: 'https://s3.example.com/backups' };
  const cases: readonly (readonly [
    string,
    Parameters<typeof judgeCopies>[0],
    typeof all,
    readonly string[],
  ])[] = [
    ['nothing where none are made', nowhere, none, []],
    [
      'a recipient and keys for a bucket, all told at once',
      bucket,
      none,
      ['encrypt-to', 'input s3-access-key', 'input s3-secret-key'],
    ],
    ['no more than that', { ...bucket, encryptTo: ['age1…'] }, all, []],
    ['a bucket that can be one', { ...bucket, s3Url: 'backups' }, all, ['s3-url', 'encrypt-to']],
    ['something to encrypt', { ...nowhere, encryptTo: ['age1…'] }, all, ['encrypt-to']],
    [
      'a password for a repository',
      { ...nowhere, resticRepository: '/r' },
      none,
      ['input restic-password'],
    ],
  ];
  test.each(cases)('%s', (_, settings, given, paths) => {
    expect(judgeCopies(settings, given).map(({ path }) => path)).toEqual(paths);
  });

  test('an address is told from a problem', () => {
    expect(isProblem(parseBucketAddress('x'))).toBe(true);
    expect(isProblem(parseBucketAddress('http://localhost/backups'))).toBe(false);
  });
});

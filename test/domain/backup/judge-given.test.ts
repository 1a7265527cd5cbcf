import { describe, expect, test } from '@jest/globals';
import { judgeGiven } from '../../../src/domain/backup/judge-given';
import type { BackupManifest } from '../../../src/domain/records/backup';
import { sampleManifest } from '../../support/sample-backup';
import { sampleSettings } from '../../support/sample-settings';

const hour = 3_600_000;
const postgres = sampleManifest();
const maria = sampleManifest({
  id: '8-mariadb-wiki',
  engine: 'mariadb',
  source: 'mariadb:db2/wiki',
});
const both = [
  sampleSettings({ service: 'db', database: 'shop' }),
  sampleSettings({ engine: 'mariadb', service: 'db2', database: 'wiki' }),
];
const against = {
  app: 'shop',
  environment: 'production',
  databases: both,
  released: true,
  now: Date.parse(postgres.endedAt) + hour,
  maxAgeMs: hour,
};
const ids = [postgres.id, maria.id];

const judge = (
  given: readonly string[],
  manifests: readonly BackupManifest[] = [postgres, maria],
  change: Partial<typeof against> = {},
) => judgeGiven(given, manifests, { ...against, ...change }).map(({ says }) => says);

test('a fresh backup of each database is enough, up to the age that is allowed', () => {
  expect(judge(ids)).toEqual([]);
});

test('without databases in the file, whatever is named will do', () => {
  expect(judge([postgres.id], [postgres], { databases: [] })).toEqual([]);
});

describe('refused is', () => {
  test.each<[string, Partial<BackupManifest>, string]>([
    ['one of another app', { app: 'blog' }, 'which is of blog in production'],
    ['one of another environment', { environment: 'staging' }, 'which is of shop in staging'],
    ['one that is too old', { endedAt: '2026-11-23T12:00:08.000Z' }, 'old, more than'],
    ['one without data', { empty: true }, 'which has no data in it, though a release is on record'],
  ])('%s', (_, change, says) => {
    expect(judge(ids, [postgres, { ...maria, ...change }])).toEqual([
      expect.stringMatching(`^names 8-mariadb-wiki, .*${says}`),
    ]);
  });

  test('one that nobody knows, with the newest that are there', () => {
    expect(judge(['9-nope'])).toEqual([
      'names 9-nope, which is no proven backup on this server (the newest are 7-postgres-shop, 8-mariadb-wiki)',
    ]);
    expect(judge(['9-nope'], [])).toEqual([expect.stringContaining('(there is none)')]);
  });

  test.each<[string, readonly string[], string]>([
    ['PostgreSQL alone', [postgres.id], 'mariadb:db2/wiki'],
    ['MariaDB alone', [maria.id], 'postgres:db/shop'],
    ['one of them twice', [maria.id, maria.id], 'postgres:db/shop'],
  ])('a list that leaves a database out: %s', (_, given, missing) => {
    expect(judge(given)).toEqual([
      `names no backup of ${missing}, which shiplock.yml lists under backup`,
    ]);
  });

  test('a backup of MySQL for an entry that says mariadb: by name they are two databases', () => {
    const mysql = { ...maria, engine: 'mysql' as const, source: 'mysql:db2/wiki' };
    expect(judge(ids, [postgres, mysql])).toEqual([
      expect.stringContaining('names no backup of mariadb:db2/wiki'),
    ]);
  });

  test('everything at once', () => {
    expect(
      judge(ids, [{ ...postgres, app: 'blog', empty: true }, maria], { now: against.now + hour }),
    ).toHaveLength(4);
  });
});

test('before the first release a backup without data passes', () => {
  expect(judge(ids, [postgres, { ...maria, empty: true }], { released: false })).toEqual([]);
});

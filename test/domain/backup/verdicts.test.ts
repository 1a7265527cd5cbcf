import { describe, expect, test } from '@jest/globals';
import type { DatabaseSettings } from '../../../src/domain/backup/database';
import {
  backupsOf,
  chooseLevel,
  compareCounts,
  judgeEmptiness,
  judgeRoom,
  judgeShrinkage,
} from '../../../src/domain/backup/verdicts';
import { formatBytes } from '../../../src/domain/backup/format-bytes';
import type { BackupManifest } from '../../../src/domain/records/backup';

const settings = {
  verify: null,
  verifyLimitBytes: 10e9,
  allowEmpty: false,
  allowShrink: false,
  database: null,
} as DatabaseSettings;

const backup = (sequence: number, bytesStored: number, more: Partial<BackupManifest> = {}) =>
  ({
    ...{ id: `${sequence}-db`, sequence, source: 'postgres:db', empty: false },
    files: [{ bytesStored }],
    ...more,
  }) as BackupManifest;

test.each([
  [0, '0 B'],
  [999, '999 B'],
  [1000, '1.0 kB'],
  [14_200_000, '14.2 MB'],
  [3.5e12, '3.5 TB'],
  [2e15, '2000.0 TB'],
])('%d bytes are %s', (bytes, text) => expect(formatBytes(bytes)).toBe(text));

describe('how far a backup is proven', () => {
  test.each([
    [null, 1e9, 'restore'],
    [null, 10e9, 'restore'],
    ['read', 1e9, 'read'],
    ['restore', 99e9, 'restore'],
  ] as const)('%s of %d bytes: %s', (verify, size, level) =>
    expect(chooseLevel({ ...settings, verify }, size)).toBe(level),
  );

  test('must be said above the limit', () =>
    expect(chooseLevel(settings, 12e9)).toMatchObject({
      path: 'verify',
      says: 'is not set, and the data takes 12.0 GB, more than verify-limit (10.0 GB)',
    }));
});

describe('an empty database', () => {
  const first = { released: false, firstRelease: true, earlier: [] };
  const alone = { ...first, firstRelease: false };

  test.each(['empty', 'absent'] as const)(
    'that is %s passes before the first release',
    (standing) => expect(judgeEmptiness(standing, settings, first)).toBeNull(),
  );

  test('passes again as long as there was never anything in it', () => {
    const earlier = [backup(1, 0, { empty: true })];
    expect(judgeEmptiness('empty', settings, { ...first, earlier })).toBeNull();
  });

  test('fails where no release asks: a slip in a name or a path looks like that, too', () => {
    expect(judgeEmptiness('absent', settings, alone)?.says).toBe('does not exist');
    const earlier = [backup(1, 0, { empty: true })];
    expect(judgeEmptiness('empty', settings, { ...alone, earlier })?.says).toBe(
      'has nothing in it',
    );
    expect(judgeEmptiness('absent', { ...settings, allowEmpty: true }, alone)).toBeNull();
  });

  test.each([
    ['a release is on record', { ...alone, released: true }],
    ['backup 1-db of it had 500 B', { ...first, earlier: [backup(1, 500)] }],
    [
      'backup 1-db of it had 500 B',
      { ...first, earlier: [backup(1, 500), backup(2, 0, { empty: true })] },
    ],
  ])('fails when %s', (why, known) => {
    expect(judgeEmptiness('empty', settings, known)?.says).toBe(`has nothing in it, but ${why}`);
    expect(judgeEmptiness('absent', settings, known)?.says).toBe(`does not exist, but ${why}`);
    expect(judgeEmptiness('empty', { ...settings, allowEmpty: true }, known)).toBeNull();
  });
});

describe('a smaller backup', () => {
  test.each([
    [51, undefined, null],
    [50, backup(1, 100), null],
    [49, backup(1, 100), 'it has 49 B, 51 % less than 1-db (100 B)'],
    [0, backup(1, 100), 'it has 0 B, 100 % less than 1-db (100 B)'],
    [0, backup(1, 100, { empty: true }), null],
  ])('of %d bytes', (bytes, previous, verdict) => {
    expect(judgeShrinkage(bytes, previous, settings)).toBe(verdict);
    expect(judgeShrinkage(bytes, previous, { ...settings, allowShrink: true })).toBeNull();
  });
});

describe('room', () => {
  const needs = { dump: 1e9, restore: 2e9, beside: 0 };

  test.each([
    ['two disks with enough', { backups: 1.4e9, docker: 4e9, same: false }, 0],
    ['unknown', { backups: null, docker: null, same: false }, 0],
    ['none for the dump', { backups: 1.39e9, docker: 4e9, same: false }, 1],
    ['none for both', { backups: 1e9, docker: 3e9, same: false }, 2],
    ['one disk for both', { backups: 5.4e9, docker: 5.4e9, same: true }, 0],
    ['one disk, too small for both', { backups: 5.3e9, docker: 5.3e9, same: true }, 1],
  ])('%s', (_, rooms, count) => expect(judgeRoom(rooms, needs)).toHaveLength(count));

  test.each([
    [2.41e9, 2.4e9, 0],
    [2.39e9, 9e9, 1],
  ])(
    '%d on the disk of the backups, where a copy is restored beside it',
    (backups, docker, count) => {
      const beside = { dump: 1e9, restore: 0, beside: 1e9 };
      for (const same of [true, false])
        expect(judgeRoom({ backups, docker, same }, beside)).toHaveLength(count);
    },
  );
});

describe('counts', () => {
  test.each([
    [{ a: 1 }, { a: 1 }, 'exact', []],
    [{ a: 1 }, { a: 2 }, 'exact', ['a has 2, expected 1']],
    [{ a: 1, b: 0 }, { a: 1 }, 'exact', ['b is missing']],
    [{}, { a: 0 }, 'exact', ['a is there, but was not dumped']],
    [{}, { a: 0 }, 'best-effort', []],
    [{ a: { min: 1, max: 3 } }, { a: 3 }, 'best-effort', []],
    [{ a: { min: 1, max: 3 } }, { a: 4 }, 'best-effort', ['a has 4, expected 1 to 3']],
    [{ a: { min: 1, max: 3 } }, {}, 'best-effort', ['a is missing']],
  ] as const)('%j restored as %j', (dumped, restored, consistency, differences) =>
    expect(compareCounts(dumped, restored, consistency)).toEqual(differences),
  );
});

test('backups are in the order of their numbers, whatever the clock said', () => {
  const late = backup(1, 1, { endedAt: '2099-01-01T00:00:00.000Z' });
  const now = backup(2, 1, { endedAt: '2026-01-01T00:00:00.000Z' });
  const other = backup(3, 1, { source: 'postgres:other' });
  expect(backupsOf([now, other, late], 'postgres:db').map(({ id }) => id)).toEqual([
    '1-db',
    '2-db',
  ]);
});

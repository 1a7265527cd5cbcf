import {
  mkdirSync,
  mkdtempSync,
  readFileSync,
  readdirSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeEach, describe, expect, test } from '@jest/globals';
import type { KeepRule } from '../../../src/domain/backup/keep-rule';
import { localHost } from '../../../src/platform/local-host';
import { backupLines, backupTable } from '../../../src/report/backup-list';
import { pruneLines, pruneSummary } from '../../../src/report/prune-summary';
import { pruneBackups } from '../../../src/transactions/backup/prune-backups';
import { writeBackup } from '../../support/sample-backup';

// The real shell and disk of this machine, with backups of one byte.
const top = mkdtempSync(join(tmpdir(), 'shiplock-prune-'));
const host = localHost();
let base = '';
let round = 0;
const source = 'postgres:db/shop';
const last3: KeepRule = { last: 3, daily: 0, weekly: 0, monthly: 0, days: 0 };
const rules = new Map([[source, last3]]);
const now = Date.UTC(2026, 10, 24, 12);

const idOf = (sequence: number) => `${sequence}-postgres-shop`;
const add = (sequence: number, change: Parameters<typeof writeBackup>[2] = {}) =>
  writeBackup(
    join(base, 'backups'),
    { 'shop.dump': 2_000 },
    { id: idOf(sequence), sequence, ...change },
  );
const left = () => readdirSync(join(base, 'backups'), { encoding: 'utf8' }).sort();
const prune = (dryRun = false) => pruneBackups({ host, base, rules, dryRun });
const release = (id: string, record: unknown) => {
  mkdirSync(join(base, 'releases', id), { recursive: true });
  const text = typeof record === 'string' ? record : JSON.stringify(record);
  writeFileSync(join(base, 'releases', id, 'release.json'), text);
};

beforeEach(() => {
  round += 1;
  base = join(top, `shop-${round}`, 'production');
  mkdirSync(join(base, 'backups'), { recursive: true });
});
afterAll(() => {
  rmSync(top, { recursive: true });
});

describe('old backups go', () => {
  test('by their numbers, whatever the clock said, and nothing else does', async () => {
    for (const sequence of [9, 10, 11, 12])
      add(sequence, { endedAt: `20${40 - sequence}-01-01T00:00:00.000Z` });
    writeFileSync(join(base, 'backups/lock'), '');
    writeFileSync(join(base, 'backups/sequence'), '12\n');
    const { removed } = await prune();
    expect(removed).toEqual([idOf(9)]);
    expect(left()).toEqual([idOf(10), idOf(11), idOf(12), 'lock', 'sequence']);
  });

  test('not in a dry run, which tells the same', async () => {
    for (const sequence of [1, 2, 3, 4, 5]) add(sequence);
    const report = await prune(true);
    expect(pruneLines(report)).toEqual([
      '`postgres:db/shop`: 3 kept, would remove 2 (4.0 kB): `1-postgres-shop`, `2-postgres-shop`.',
    ]);
    expect(left()).toHaveLength(5);
  });

  test('not those of another source, another app or another environment', async () => {
    for (const sequence of [1, 2, 3, 4]) add(sequence);
    add(5, { source: 'mysql:db/shop' });
    const other = join(top, `shop-${round}`, 'staging/backups');
    for (const sequence of [1, 2, 3, 4]) writeBackup(other, {}, { id: idOf(sequence), sequence });
    const report = await prune();
    expect(pruneLines(report)[1]).toBe('`mysql:db/shop`: 1 left alone: it is not configured.');
    expect(left()).toEqual([2, 3, 4, 5].map(idOf));
    expect(readdirSync(other)).toHaveLength(4);
  });

  test('not those that a release names, in either way that records have', async () => {
    for (const sequence of [1, 2, 3, 4, 5, 6]) add(sequence);
    release('1-v1', { backup: idOf(1) });
    release('2-v2', { backups: [idOf(2)] });
    release('3-v3', { backup: null });
    expect((await prune()).removed).toEqual([idOf(3)]);
  });

  test('not as long as a record cannot be read: it may name any of them', async () => {
    for (const sequence of [1, 2, 3, 4]) add(sequence);
    release('1-v1', '{"backup": "1-post');
    const report = await prune();
    expect(report.removed).toEqual([]);
    expect(pruneLines(report)[0]).toContain('1 record of releases cannot be read');
  });

  test('not while the newest is empty: it is not proven to be one', async () => {
    for (const sequence of [1, 2, 3, 4]) add(sequence);
    add(5, { empty: true });
    const report = await prune();
    expect(report.removed).toEqual([]);
    expect(pruneLines(report)[0]).toContain('the newest backup, 5-postgres-shop, is not proven');
  });
});

describe('what cannot be told to be a backup', () => {
  test('is never deleted, and told', async () => {
    for (const sequence of [4, 5, 6]) add(sequence);
    const at = (name: string) => join(base, 'backups', name);
    for (const name of ['0-half', '1-torn', '2-moved', '$(touch x) `y`\n::error::', '-rf'])
      mkdirSync(at(name));
    writeFileSync(at('1-torn/manifest.json'), '{"schema": 1, "id"');
    writeFileSync(at('2-moved/manifest.json'), readFileSync(at(`${idOf(4)}/manifest.json`)));
    symlinkSync('/etc', at('3-link'));
    const report = await prune();
    expect(report.inventory.unreadable).toEqual([
      { name: '$(touch x) `y`\n::error::', says: 'is no name that a backup has' },
      { name: '-rf', says: 'is no name that a backup has' },
      { name: '0-half', says: 'has no manifest.json' },
      { name: '1-torn', says: 'has a manifest.json that cannot be read' },
      { name: '2-moved', says: 'has the manifest.json of 4-postgres-shop' },
    ]);
    expect(left()).toHaveLength(9);
    expect(pruneSummary(report)).toContain(
      '`1-torn` has a manifest.json that cannot be read; it is left alone.',
    );
    expect(backupTable(report.inventory, now)).not.toContain('\n::error::');
  });

  test('is not asked for where there is no folder at all', async () => {
    rmSync(base, { recursive: true });
    expect((await prune()).removed).toEqual([]);
    expect(backupTable((await prune()).inventory, now)).toBe('There is no backup.');
  });
});

describe('a removal that died half way', () => {
  test('leaves nothing under the name of a backup, and the next one ends it', async () => {
    for (const sequence of [2, 3, 4, 5]) add(sequence);
    // What is there when it dies between the renames and the deletion, with the manifest gone already.
    mkdirSync(join(base, 'backups', `.removed-${idOf(1)}`));
    writeFileSync(join(base, 'backups', `.removed-${idOf(1)}`, 'shop.dump'), 'half');
    expect((await prune(true)).inventory.backups.map(({ id }) => id)).toEqual(
      [2, 3, 4, 5].map(idOf),
    );
    await prune();
    expect(left()).toEqual([3, 4, 5].map(idOf));
  });

  // A stand-in: root, as whom tests may run, can write in any folder.
  test('says which host could not do it', async () => {
    for (const sequence of [1, 2, 3, 4]) add(sequence);
    const full = {
      ...host,
      exec: async (argv: readonly string[]) =>
        argv.includes(idOf(1))
          ? { code: 1, stdout: '', stderr: 'mv: Read-only file system' }
          : host.exec(argv),
    };
    await expect(pruneBackups({ host: full, base, rules, dryRun: false })).rejects.toThrow(
      'local: old backups were not removed: mv: Read-only file system',
    );
    expect(left()).toHaveLength(4);
  });
});

test('the list shows age, proof, size, restore time, copies and what releases name', async () => {
  add(1, { endedAt: '2026-11-01T12:00:00.000Z', restoreMs: null });
  add(2, {
    endedAt: '2026-11-24T08:30:00.000Z',
    restoreMs: 61_000,
    copies: [
      {
        url: 'https://s3.example.com/backups/shop/x.age',
        checksum: 'a',
        bytes: 1,
        cipher: 'age',
        at: '2026-11-24T08:31:00.000Z',
      },
      {
        url: 'sftp://backup.example.com/r 1234:/x',
        checksum: 'a',
        bytes: 1,
        cipher: 'restic',
        at: '2026-11-24T08:32:00.000Z',
      },
    ],
  });
  release('2-v2', { backups: [idOf(2)] });
  const { inventory } = await prune(true);
  expect(backupLines(inventory, now)).toEqual([
    'backup           of                age   proof     size    restore    copies                          release',
    '2-postgres-shop  postgres:db/shop  3 h   restored  2.0 kB  1 min 1 s  https://s3.example.com, restic  yes',
    '1-postgres-shop  postgres:db/shop  23 d  restored  2.0 kB  –          –',
  ]);
  expect(backupTable(inventory, now).split('\n')).toHaveLength(4);
});

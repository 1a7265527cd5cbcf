import { execFileSync } from 'node:child_process';
import {
  appendFileSync,
  mkdtempSync,
  readFileSync,
  readdirSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { generateX25519Identity, identityToRecipient } from 'age-encryption';
import { parseBucketAddress } from '../../../src/domain/backup/bucket-address';
import type { BackupManifest } from '../../../src/domain/records/backup';
import { bucketVault } from '../../../src/operations/backup/bucket-vault';
import { copyBackup } from '../../../src/operations/backup/copy-backup';
import { fetchBackup } from '../../../src/operations/backup/fetch-backup';
import { ageDecryption, ageEncryption } from '../../../src/platform/backup/age-cipher';
import { openBucket } from '../../../src/platform/backup/bucket';
import { localHost } from '../../../src/platform/local-host';
import { startObjectServer, toolFolder, type ObjectServer } from '../../support/object-server';
import { writeBackup } from '../../support/sample-backup';

const folder = mkdtempSync(join(tmpdir(), 'shiplock-copies-'));
const host = localHost();
const keys = { accessKey: 'backup-writer', secretKey: 'canary-of-the-bucket' };
const now = () => '2026-11-23T12:01:00.000Z';
const { signal } = new AbortController();
let server: ObjectServer;
let identity: string;
let recipient: string;
let programs: string;

beforeAll(async () => {
  programs = await toolFolder('versitygw', 'age');
  server = await startObjectServer(['backups'], keys);
  identity = await generateX25519Identity();
  recipient = await identityToRecipient(identity);
}, 600_000);

afterAll(async () => {
  await server.stop();
  rmSync(folder, { recursive: true });
});

async function vaultAt(path: string, { used = keys, opened = identity, at = server.url } = {}) {
  const address = parseBucketAddress(`${at}/${path}`);
  if ('says' in address) throw new Error(address.says);
  const bucket = await openBucket(address, used);
  const encrypt = await ageEncryption([recipient]);
  const decrypt = await ageDecryption(`# a comment, as in a file of age-keygen\n${opened}\n`);
  return bucketVault({ bucket, prefix: address.prefix, encrypt, decrypt });
}

const backup = (name: string, lengths: Readonly<Record<string, number>>) =>
  writeBackup(folder, lengths, { id: name });
const copied = async (manifest: BackupManifest, path: string, used = keys) =>
  copyBackup(
    { host, folder: join(folder, manifest.id), manifest, now, signal },
    await vaultAt(path, { used }),
  );
const objects = () => readdirSync(server.folder, { recursive: true, encoding: 'utf8' });

async function until(seen: () => boolean): Promise<void> {
  for (let tries = 0; tries < 1_000 && !seen(); tries += 1)
    await new Promise((resolve) => setTimeout(resolve, 10));
}

describe('a copy in a bucket', () => {
  test('is one object a file that age itself opens, the manifest among them', async () => {
    const manifest = backup('1-postgres-shop', { 'shop.dump': 20_000_001, 'globals.sql': 0 });
    const copies = await copied(manifest, 'backups/shiplock');
    expect(copies.map(({ url, cipher, at }) => ({ url, cipher, at }))).toEqual(
      ['shop.dump', 'globals.sql'].map((name) => ({
        url: `${server.url}/backups/shiplock/shop/production/1-postgres-shop/${name}.age`,
        cipher: 'age',
        at: now(),
      })),
    );
    const key = join(folder, 'identity');
    writeFileSync(key, identity, { mode: 0o600 });
    for (const name of ['shop.dump', 'globals.sql']) {
      const stored = join(
        server.folder,
        `backups/shiplock/shop/production/1-postgres-shop/${name}`,
      );
      const opened = execFileSync(
        join(programs, 'age'),
        ['--decrypt', '-i', key, `${stored}.age`],
        {
          maxBuffer: 1e9,
        },
      );
      expect(opened.equals(readFileSync(join(folder, '1-postgres-shop', name)))).toBe(true);
    }
  });

  test('comes back to a host as it was, and not over one that is there', async () => {
    const manifest = backup('2-postgres-shop', { 'shop.dump': 9_000_000 });
    const copies = await copied(manifest, 'backups/shiplock');
    const base = join(folder, 'elsewhere');
    const backups = join(base, 'backups');
    const from = { app: 'shop', environment: 'production', id: '2-postgres-shop' };
    const vault = await vaultAt('backups/shiplock');
    const fetched = await fetchBackup({ host, base, from, signal }, vault);
    expect(fetched).toEqual({ ...manifest, copies });
    expect(readdirSync(backups)).toEqual(['2-postgres-shop']);
    expect(readdirSync(join(backups, '2-postgres-shop')).sort()).toEqual([
      'manifest.json',
      'shop.dump',
    ]);
    const at = (top: string) => readFileSync(join(top, '2-postgres-shop/shop.dump'));
    expect(at(backups).equals(at(folder))).toBe(true);
    await expect(fetchBackup({ host, base, from, signal }, vault)).rejects.toThrow(
      'is there already',
    );
  });

  test('is none when the backup changed on the disk since it was proven', async () => {
    const manifest = backup('3-postgres-shop', { 'shop.dump': 20_000_000 });
    appendFileSync(join(folder, '3-postgres-shop/shop.dump'), 'x');
    await expect(copied(manifest, 'backups/changed')).rejects.toThrow(
      'it has 20000001 bytes in place of 20000000',
    );
    expect(objects().filter((path) => /changed.*(age|part)/.test(path))).toEqual([]);
  });
});

describe('a bucket that does not let us in', () => {
  const cases: readonly (readonly [string, string, typeof keys, RegExp])[] = [
    ['is missing', 'nowhere', keys, /NoSuchBucket/],
    ['does not know the key', 'backups', { ...keys, accessKey: 'nobody' }, /XAdminUserNotFound/],
    ['has another secret', 'backups', { ...keys, secretKey: 'wrong' }, /SignatureDoesNotMatch/],
  ];
  test.each(cases)('%s', async (_, path, used, says) => {
    const failure = await (
      await vaultAt(path, { used })
    )
      .check()
      .catch((thrown: unknown) => thrown);
    expect(String(failure)).toMatch(says);
    expect((failure as { hint?: string }).hint).toBeDefined();
    expect(JSON.stringify([String(failure), failure])).not.toContain(keys.secretKey);
    const manifest = backup('4-postgres-shop', { 'shop.dump': 1_000 });
    await expect(copied(manifest, path, used)).rejects.toThrow(says);
  });

  test('one that does is not written to by looking', async () => {
    await (await vaultAt('backups/looked-at')).check();
    expect(objects().filter((path) => path.includes('looked-at'))).toEqual([]);
  });
});

test('a run that is cancelled leaves no part of a copy', async () => {
  const manifest = backup('7-postgres-shop', { 'shop.dump': 60_000_000 });
  const cancel = new AbortController();
  const request = { host, folder: join(folder, manifest.id), manifest, now, signal: cancel.signal };
  const copying = copyBackup(request, await vaultAt('backups/cancelled'));
  const failed = expect(copying).rejects.toThrow('the run was cancelled');
  // versitygw keeps parts below a folder of this name until the object is whole.
  await until(() => objects().some((path) => /multipart.*\/1$/.test(path)));
  cancel.abort(new Error('the run was cancelled'));
  await failed;
  expect(objects().filter((path) => /cancelled.*age|multipart.*\/\d+$/.test(path))).toEqual([]);
});

test('a server that cannot write what it was sent has no copy, and no part of one', async () => {
  const full = await startObjectServer(['backups'], keys, { fileKilobytes: 12_000 });
  try {
    const manifest = backup('6-postgres-shop', { 'shop.dump': 20_000_000 });
    const vault = await vaultAt('backups', { at: full.url });
    const request = { host, folder: join(folder, manifest.id), manifest, now, signal };
    await expect(copyBackup(request, vault)).rejects.toThrow(/writing .*shop\.dump\.age failed/);
    const left = readdirSync(full.folder, { recursive: true, withFileTypes: true });
    expect(left.filter((entry) => entry.isFile()).map(({ name }) => name)).toEqual([]);
  } finally {
    await full.stop();
  }
}, 60_000);

describe('a copy that cannot be opened', () => {
  const from = { app: 'shop', environment: 'production', id: '5-postgres-shop' };
  const base = join(folder, 'restored');
  const backups = join(base, 'backups');

  test('another identity is refused', async () => {
    const manifest = backup('5-postgres-shop', { 'shop.dump': 70_000 });
    await copied(manifest, 'backups/shiplock');
    const vault = await vaultAt('backups/shiplock', { opened: await generateX25519Identity() });
    await expect(fetchBackup({ host, base, from, signal }, vault)).rejects.toThrow(
      'age cannot open',
    );
  });

  test.each([
    ['cut short', (content: Buffer) => content.subarray(0, 65_800)],
    [
      'with a bit changed',
      (content: Buffer) => content.fill(content.readUInt8(40_000) ^ 1, 40_000, 40_001),
    ],
  ])('%s: nothing of it stays on the host', async (_, harm) => {
    const object = join(
      server.folder,
      'backups/shiplock/shop/production/5-postgres-shop/shop.dump.age',
    );
    writeFileSync(object, harm(readFileSync(object)));
    const vault = await vaultAt('backups/shiplock');
    await expect(fetchBackup({ host, base, from, signal }, vault)).rejects.toThrow();
    expect(readdirSync(backups)).toEqual([]);
  });
});

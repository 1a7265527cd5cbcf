import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, describe, expect, test } from '@jest/globals';
import { generateX25519Identity, identityToRecipient } from 'age-encryption';
import { ageDecryption, ageEncryption } from '../../../src/platform/backup/age-cipher';
import { localHost } from '../../../src/platform/local-host';
import { copyOffHost } from '../../../src/transactions/backup/copy-off-host';
import { openVaults } from '../../../src/wiring/open-vaults';
import { startFalseObjectServer, type Falsehood } from '../../support/false-object-server';
import { writeBackup } from '../../support/sample-backup';

const folder = mkdtempSync(join(tmpdir(), 'shiplock-false-'));
const identity = await generateX25519Identity();
const recipient = await identityToRecipient(identity);
const secrets = {
  accessKey: 'k',
  secretKey: 'canary-of-the-bucket',
  resticPassword: null,
  identity: null,
};
let server: Awaited<ReturnType<typeof startFalseObjectServer>>;
const { signal } = new AbortController();
// A mirror without restic: it is that of this machine, or none.
const mirror = await startFalseObjectServer({});
const source = { mirror: mirror.url, signal, tell: () => undefined };
let round = 0;

afterEach(() => {
  server.close();
});
afterAll(() => {
  mirror.close();
  rmSync(folder, { recursive: true });
});

async function copyTo(falsehood: Falsehood, bytes = 300_000) {
  server = await startFalseObjectServer(falsehood);
  round += 1;
  const id = `${round}-postgres-shop`;
  const manifest = writeBackup(folder, { 'shop.dump': bytes }, { id });
  const settings = {
    encryptTo: [recipient],
    s3Url: `${server.url}/backups`,
    resticRepository: null,
  };
  const told: string[] = [];
  const made = await copyOffHost(
    {
      host: localHost(),
      folder: join(folder, id),
      manifest,
      now: () => '2026-11-23T12:01:00.000Z',
      signal,
    },
    await openVaults(settings, secrets, 'shop', source),
    (line) => told.push(line),
  );
  const said = made.failures.map(({ thrown }) => String(thrown)).join('\n');
  expect([said, ...told].join('\n')).not.toContain(secrets.secretKey);
  return { copies: made.copies, said };
}

test('a server that does as it says has the copy', async () => {
  const { copies, said } = await copyTo({});
  expect(said).toBe('');
  expect(copies.map(({ url }) => url.slice(server.url.length))).toEqual([
    '/backups/shop/production/1-postgres-shop/shop.dump.age',
  ]);
});

describe('a server that says all is well', () => {
  const flip = (object: Buffer) => {
    const changed = Buffer.from(object);
    changed.writeUInt8(changed.readUInt8(9_000) ^ 1, 9_000);
    return changed;
  };
  const cases: readonly (readonly [string, Falsehood, RegExp])[] = [
    ['but kept nothing', { length: () => null }, /was accepted by the server, but it is not there/],
    ['but kept half', { length: (object) => object.length / 2 }, /but it has \d+ of \d+ bytes/],
    [
      'but reads back half',
      { content: (object) => object.subarray(0, 9_000) },
      /has 9000 bytes in place of/,
    ],
    ['but changed a bit', { content: flip }, /its SHA-256 is [0-9a-f]{64} in place of/],
    ['but hangs up when it is read', { hangUp: true }, /aborted|terminated|hang up/i],
  ];
  test.each(cases)('%s, has no copy', async (_, falsehood, says) => {
    const { copies, said } = await copyTo(falsehood);
    expect(said).toMatch(says);
    expect(copies).toEqual([]);
  });
});

test('a server that is full half way is told to forget what it has', async () => {
  const { copies, said } = await copyTo(
    { partStatus: (part) => (part < 3 ? 200 : 507) },
    16_000_000,
  );
  expect(said).toMatch(/QuotaExceeded: full/);
  expect(copies).toEqual([]);
  expect(server.asked.at(-1)).toBe('DELETE upload');
  expect(server.objects.size).toBe(0);
}, 30_000);

test('a server that is gone and a repository that is not there fail each for itself', async () => {
  const { said } = await copyTo({});
  expect(said).toBe('');
  const gone = server.url;
  server.close();
  const manifest = writeBackup(folder, { 'shop.dump': 10 }, { id: 'gone' });
  const settings = {
    encryptTo: [recipient],
    s3Url: `${gone}/backups`,
    resticRepository: '/nowhere',
  };
  const vaults = await openVaults(settings, { ...secrets, resticPassword: 'p' }, 'shop', source);
  const request = {
    host: localHost(),
    folder: join(folder, 'gone'),
    manifest,
    now: () => '',
    signal,
  };
  const { failures } = await copyOffHost(request, vaults, () => undefined);
  expect(failures.map(({ vault }) => vault)).toEqual([
    `${gone}/backups/`,
    'restic repository /nowhere',
  ]);
  expect(String(failures[0]?.thrown)).toContain('ECONNREFUSED');
});

describe('keys of age', () => {
  test.each(['age1nonsense', 'ssh-ed25519 AAAA', identity])('%s is no recipient', async (text) => {
    await expect(ageEncryption([text])).rejects.toThrow('is no recipient of age');
  });

  test('an identity that is none is not repeated', async () => {
    const failure = await ageDecryption('# mine\nAGE-SECRET-KEY-1CANARY\n').catch(
      (thrown: unknown) => thrown,
    );
    expect(String(failure)).toContain('A line of the identity is no identity of age');
    expect(JSON.stringify([String(failure), (failure as Error).cause])).not.toContain('CANARY');
  });
});

import { appendFileSync, mkdtempSync, readFileSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { copyBackup } from '../../../src/operations/backup/copy-backup';
import { fetchBackup } from '../../../src/operations/backup/fetch-backup';
import { resticVault } from '../../../src/operations/backup/restic-vault';
import { localHost } from '../../../src/platform/local-host';
import { writeBackup } from '../../support/sample-backup';
import { startSftpRepository, type SftpRepository } from '../../support/sftp-repository';

const folder = mkdtempSync(join(tmpdir(), 'shiplock-restic-'));
const password = 'canary-of-the-repository';
const host = localHost();
const now = () => '2026-11-23T12:01:00.000Z';
const { signal } = new AbortController();
let repository: SftpRepository;

beforeAll(async () => {
  repository = await startSftpRepository(password);
  // Whoever comes second waits until another suite has built its server.
}, 600_000);

afterAll(async () => {
  await repository.stop();
  rmSync(folder, { recursive: true });
});

const environment = (change: Readonly<Record<string, string>> = {}) => ({
  ...repository.environment,
  ...change,
});
const vault = (change: Readonly<Record<string, string>> = {}) =>
  resticVault({
    runner: localHost(environment(change)),
    repository: repository.url,
    hostName: 'shop.example.com',
  });
const snapshots = async () =>
  JSON.parse((await localHost(environment()).exec(['restic', 'snapshots', '--json'])).stdout) as {
    paths: string[];
    tags: string[];
    hostname: string;
  }[];

describe('a copy in a restic repository over SFTP', () => {
  test('is a snapshot a file, found again by the id of the backup, and comes back as it was', async () => {
    const manifest = writeBackup(folder, { 'shop.dump': 12_000_001 }, { id: '1-postgres-shop' });
    const request = { host, folder: join(folder, '1-postgres-shop'), manifest, now, signal };
    const copies = await copyBackup(request, vault());
    expect(copies).toEqual([
      {
        url: expect.stringMatching(
          /^sftp:.* [0-9a-f]{8}:\/shop\/production\/postgres-shop\/shop.dump$/,
        ),
        checksum: manifest.files[0]?.sha256Stored,
        bytes: 12_000_001,
        cipher: 'restic',
        at: now(),
      },
    ]);
    expect((await snapshots()).map(({ paths, tags, hostname }) => [paths, tags, hostname])).toEqual(
      ['shop.dump', 'manifest.json'].map((name) => [
        [`/shop/production/postgres-shop/${name}`],
        ['shiplock', 'shiplock-app=shop-production', 'shiplock-id=1-postgres-shop'],
        'shop.example.com',
      ]),
    );
    const base = join(folder, 'restored');
    const from = { app: 'shop', environment: 'production', id: '1-postgres-shop' };
    await fetchBackup({ host, base, from, signal }, vault());
    const at = (top: string) => readFileSync(join(top, '1-postgres-shop/shop.dump'));
    expect(at(join(base, 'backups')).equals(at(folder))).toBe(true);
  });

  test('is none when the stream to it breaks: restic would store half a file as a whole one', async () => {
    const before = (await snapshots()).length;
    const manifest = writeBackup(folder, { 'shop.dump': 5_000_000 }, { id: '2-postgres-shop' });
    appendFileSync(join(folder, '2-postgres-shop/shop.dump'), 'x');
    const request = { host, folder: join(folder, '2-postgres-shop'), manifest, now, signal };
    await expect(copyBackup(request, vault())).rejects.toThrow('5000001 bytes in place of 5000000');
    expect(await snapshots()).toHaveLength(before);
  });

  test('that is not there is said to be missing', async () => {
    const from = { app: 'shop', environment: 'production', id: '9-postgres-shop' };
    const fetching = fetchBackup({ host, base: join(folder, 'restored'), from, signal }, vault());
    await expect(fetching).rejects.toThrow('has no snapshot of shop/production/9-postgres-shop');
    expect(readdirSync(join(folder, 'restored/backups'))).toEqual(['1-postgres-shop']);
  });
});

test("restic's own retention works on them: a newer copy of a file pushes out an older one", async () => {
  const manifest = writeBackup(folder, { 'shop.dump': 1_000 }, { id: '4-postgres-shop' });
  const request = { host, folder: join(folder, '4-postgres-shop'), manifest, now, signal };
  await copyBackup(request, vault());
  const forget = ['restic', 'forget', '--tag', 'shiplock', '--keep-last', '1'];
  expect(await localHost(environment()).exec(forget)).toMatchObject({ code: 0 });
  const left = (await snapshots()).map(({ paths, tags }) => [paths[0], tags.at(-1)]);
  expect(left).toEqual([
    ['/shop/production/postgres-shop/shop.dump', 'shiplock-id=4-postgres-shop'],
    ['/shop/production/postgres-shop/manifest.json', 'shiplock-id=4-postgres-shop'],
  ]);
});

describe('a repository that cannot be used', () => {
  const cases: readonly (readonly [string, Readonly<Record<string, string>>, RegExp])[] = [
    ['with another password', { RESTIC_PASSWORD: 'wrong' }, /wrong password/],
    ['that is not there', { RESTIC_REPOSITORY: '/nowhere/at/all' }, /unable to open|repository/],
    ['without restic', { PATH: '/nowhere' }, /restic is not on this runner/],
  ];
  test.each(cases)('%s is refused with what to do', async (_, change, says) => {
    const failure = await vault(change)
      .check()
      .catch((thrown: unknown) => thrown);
    expect(String(failure)).toMatch(says);
    expect((failure as { hint?: string }).hint).toBeDefined();
    expect(String(failure)).not.toContain(password);
  });

  test('one that can is', async () => {
    await vault().check();
  });

  test('a server that hangs up during the copy fails it', async () => {
    const manifest = writeBackup(folder, { 'shop.dump': 200_000_000 }, { id: '3-postgres-shop' });
    const request = { host, folder: join(folder, '3-postgres-shop'), manifest, now, signal };
    const copying = copyBackup(request, vault());
    const failed = expect(copying).rejects.toThrow(/restic/);
    await waitForData();
    repository.sshd.dropConnections();
    await failed;
  });
});

/** Until restic has sent the first of its packs. */
async function waitForData(): Promise<void> {
  const packs = () =>
    readdirSync(join(repository.folder, 'data'), { recursive: true, withFileTypes: true }).filter(
      (entry) => entry.isFile(),
    ).length;
  const before = packs();
  for (let tries = 0; tries < 400 && packs() === before; tries += 1)
    await new Promise((resolve) => setTimeout(resolve, 25));
}

import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { generateX25519Identity, identityToRecipient } from 'age-encryption';
import { commandLines } from '../../support/backup/command-lines';
import { openBackupSite, type BackupSite } from '../../support/backup/site';
import { startObjectServer, toolFolder, type ObjectServer } from '../../support/object-server';

// The built action, on this machine, with a folder as the data: what becomes of a backup once it is proven.
const folder = mkdtempSync(join(tmpdir(), 'shiplock-after-'));
const keys = { accessKey: 'backup-writer', secretKey: 'canary-of-the-bucket' };
const password = 'canary-of-the-repository';
const repository = join(folder, 'repository');
const uploads = join(folder, 'uploads');
let server: ObjectServer;
let site: BackupSite;
let tools: string;
let identity: string;
let copies: Readonly<Record<string, string>>;

beforeAll(async () => {
  tools = await toolFolder('versitygw', 'restic', 'age');
  server = await startObjectServer(['backups'], keys);
  execFileSync(join(tools, 'restic'), ['init'], { env: environment() });
  site = await openBackupSite('copies');
  mkdirSync(uploads);
  writeFileSync(join(uploads, 'letter.txt'), 'dear reader\n'.repeat(1_000));
  identity = await generateX25519Identity();
  copies = {
    'encrypt-to': await identityToRecipient(identity),
    's3-url': `${server.url}/backups/all`,
    's3-access-key': keys.accessKey,
    's3-secret-key': keys.secretKey,
    'restic-repository': repository,
    'restic-password': password,
  };
  const command = `tar -C ${uploads} -cf - .`;
  const check = { verify: 'read', 'verify-command': 'tar -tf -' };
  await site.configure([{ engine: 'command', command, ...check, keep: 3 }]);
}, 600_000);

afterAll(async () => {
  await site.close();
  await server.stop();
  rmSync(folder, { recursive: true });
});

const environment = () => ({
  PATH: `${tools}:${process.env['PATH'] ?? ''}`,
  RESTIC_REPOSITORY: repository,
  RESTIC_PASSWORD: password,
  HOME: folder,
});
/** A secret that can be read in what the run left fails it. */
const run = (inputs: Readonly<Record<string, string>>) =>
  site.run(inputs, {
    secrets: [keys.secretKey, password],
    env: { HOME: site.home, PATH: environment().PATH },
  });

describe('a backup that is proven', () => {
  test('is copied to every place, and each copy is read back', async () => {
    const lines = commandLines();
    const { outputs, exitCode, log } = await run(copies);
    const seen = lines.end();
    expect(seen.some((line) => line.includes('restic --quiet backup'))).toBe(true);
    expect(seen.filter((line) => line.includes('canary-of-the-'))).toEqual([]);
    expect([log, exitCode, outputs['verdict']]).toEqual([log, 0, 'proven']);
    const made = JSON.parse(outputs['copies'] ?? '[]') as { url: string; cipher: string }[];
    const manifest = await site.manifest(outputs['id'] ?? '');
    expect(manifest.copies).toEqual(made);
    expect(made.map(({ cipher }) => cipher)).toEqual(
      ['age', 'restic'].flatMap((cipher) => manifest.files.map(() => cipher)),
    );
    const key = join(folder, 'identity');
    writeFileSync(key, identity, { mode: 0o600 });
    const at = join(server.folder, 'backups/all', site.app, 'production', outputs['id'] ?? '');
    const open = (name: string) =>
      execFileSync(join(tools, 'age'), ['--decrypt', '-i', key, join(at, `${name}.age`)]);
    for (const { name } of manifest.files)
      expect(open(name).equals(readFileSync(join(site.folder, manifest.id, name)))).toBe(true);
    const copied = JSON.parse(open('manifest.json').toString()) as { copies: unknown[] };
    expect(copied.copies).toHaveLength(manifest.files.length);
  });

  test('stays good without its copy, and the run says that there is none', async () => {
    const { outputs, exitCode, log, summary } = await run({
      ...copies,
      's3-url': `${server.url}/missing`,
    });
    expect([exitCode, outputs['verdict']]).toEqual([1, 'not-copied']);
    expect(log).toMatch(/is good on the server, but there is no copy in .*\/missing.*NoSuchBucket/);
    expect(log).toContain('Make the bucket first');
    expect(summary).toContain('Backup proven on the server, but not copied');
    const manifest = await site.manifest(outputs['id'] ?? '');
    expect(manifest.copies.map(({ cipher }) => cipher)).toEqual(manifest.files.map(() => 'restic'));
  });

  test('is not taken at all where a copy cannot be wanted so: every reason at once', async () => {
    const before = await site.names();
    const { exitCode, log } = await run({ 's3-url': 'http://s3.example.com/Backups' });
    expect(exitCode).toBe(3);
    for (const says of ['it goes without TLS', 'encrypt-to', 's3-access-key', 's3-secret-key'])
      expect(log).toContain(says);
    expect(await site.names()).toEqual(before);
  });

  test('pushes out the oldest of its source by number, though it was made with a clock that was ahead', async () => {
    const [first = ''] = await site.names();
    const ahead = { ...(await site.manifest(first)), endedAt: '2099-01-01T00:00:00.000Z' };
    writeFileSync(join(site.folder, first, 'manifest.json'), JSON.stringify(ahead));
    await run({});
    expect(await site.names()).toContain(first);
    const { summary } = await run({});
    expect(summary).toContain(`Older ones removed: \`${first}\`.`);
    expect(await site.names()).toHaveLength(3);
  });
});

describe('what is there', () => {
  test('is listed, with what is no backup', async () => {
    mkdirSync(join(site.folder, '0-half'));
    const { outputs, summary, log } = await run({ mode: 'list' });
    const ids = (JSON.parse(outputs['manifest'] ?? '[]') as { id: string }[]).map(({ id }) => id);
    expect(ids).toEqual((await site.names()).slice(1));
    expect(outputs['verdict']).toBe('done');
    expect(summary).toContain('`0-half` has no manifest.json; it is left alone.');
    expect(log).toMatch(/backup +of +age +proof/);
  });

  test('is removed by a smaller rule, but not in a dry run', async () => {
    await run({ keep: '5' });
    await run({ keep: '5' });
    const before = await site.names();
    expect(before).toHaveLength(6);
    const dry = await run({ mode: 'prune', 'dry-run': 'true' });
    expect(dry.log).toContain('3 kept, would remove 2');
    expect(await site.names()).toEqual(before);
    const { log } = await run({ mode: 'prune' });
    expect(log).toContain('3 kept, removed 2');
    expect(await site.names()).toEqual(before.filter((_, index) => index === 0 || index > 2));
    expect(readdirSync(site.folder).filter((name) => name.startsWith('.removed'))).toEqual([]);
  });
});

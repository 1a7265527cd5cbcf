import { createHash } from 'node:crypto';
import { execFileSync } from 'node:child_process';
import {
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import type { ToolArchive } from '../../src/domain/tool-archive';
import type { Cache } from '../../src/platform/github/cache';
import { installTool } from '../../src/platform/install-tool';

let folder = '';
let server: Server;
let asked: string[] = [];
let served: Buffer;
let status = 200;

/** What a publisher releases: a program that runs on this machine, between other files. */
function release(name = 'gitleaks'): Buffer {
  const made = join(folder, 'release');
  mkdirSync(made, { recursive: true });
  writeFileSync(join(made, 'README.md'), 'words');
  cpSync('/bin/true', join(made, name), { dereference: true });
  const file = join(folder, 'release.tar.gz');
  execFileSync('tar', ['-C', made, '-czf', file, 'README.md', name]);
  return readFileSync(file);
}

const sha256 = (bytes: Buffer): string => createHash('sha256').update(bytes).digest('hex');
const archiveOf = (bytes: Buffer): ToolArchive => ({
  tool: 'gitleaks',
  version: '8.30.1',
  platform: 'linux-x64',
  path: '/gitleaks/gitleaks/releases/download/v8.30.1/gitleaks_8.30.1_linux_x64.tar.gz',
  packing: 'tar.gz',
  sha256: sha256(bytes),
});

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'shiplock-install-'));
  asked = [];
  status = 200;
  served = release();
  server = createServer(({ url }, answer) => {
    asked.push(url ?? '');
    answer.writeHead(status).end(served);
  }).listen(0, '127.0.0.1');
  await new Promise((listening) => server.once('listening', listening));
});
afterEach(() => {
  server.close();
  rmSync(folder, { recursive: true });
});

/** A cache that keeps folders in another one. */
function folderCache(): Cache & { readonly keys: string[] } {
  const keys: string[] = [];
  const at = (key: string): string => join(folder, 'github-cache', key);
  return {
    keys,
    restore: (into, [key]) => {
      if (!existsSync(at(key))) return Promise.resolve(null);
      cpSync(at(key), into, { recursive: true });
      return Promise.resolve(key);
    },
    save: (from, key) => {
      keys.push(key);
      mkdirSync(dirname(at(key)), { recursive: true });
      cpSync(from, at(key), { recursive: true });
      return Promise.resolve(true);
    },
  };
}

function install(archive: ToolArchive, cache = folderCache(), toolCache = 'tools') {
  const { port } = server.address() as AddressInfo;
  const told: string[] = [];
  const own = mkdtempSync(join(folder, 'job-'));
  const done = installTool(archive, {
    mirror: `http://127.0.0.1:${port}/mirror/`,
    folder: own,
    cache,
    toolCache: join(folder, toolCache),
    signal: new AbortController().signal,
    tell: (text) => told.push(text),
  });
  return { done, told };
}
const kept = (toolCache = 'tools'): string =>
  join(folder, toolCache, 'shiplock', 'gitleaks-8.30.1-linux-x64', 'archive.tar.gz');

test('what comes is run only when its sum is the pinned one, and comes once', async () => {
  const archive = archiveOf(served);
  const first = await install(archive).done;
  expect(first.origin).toBe('download');
  execFileSync(first.path);
  expect((await install(archive).done).origin).toBe('tool cache');
  expect(asked).toEqual([`/mirror${archive.path}`]);
});

test('it comes from the cache of GitHub on a machine that has nothing', async () => {
  const cache = folderCache();
  await install(archiveOf(served), cache).done;
  const { path, origin } = await install(archiveOf(served), cache, 'new-machine').done;
  expect([origin, asked.length]).toEqual(['cache', 1]);
  execFileSync(path);
  expect(cache.keys).toEqual([expect.stringMatching(/^shiplock-gitleaks-8\.30\.1-linux-x64-/)]);
});

test('what was changed in a cache is thrown away, and comes anew', async () => {
  const cache = folderCache();
  const archive = archiveOf(served);
  await install(archive, cache).done;
  writeFileSync(kept(), 'something else');
  const [key = ''] = cache.keys;
  writeFileSync(join(folder, 'github-cache', key, 'archive.tar.gz'), 'something else');
  const again = install(archive, cache);
  expect((await again.done).origin).toBe('download');
  expect(again.told.join('\n')).toContain('another file than the pinned one');
  expect(asked).toHaveLength(2);
});

describe('nothing is installed, and nothing kept, when', () => {
  test.each<[string, (bytes: Buffer) => Buffer]>([
    ['the archive is another one', () => release('trivy')],
    ['it was cut off', (bytes) => bytes.subarray(0, bytes.length - 100)],
    ['it is empty', () => Buffer.alloc(0)],
  ])('%s', async (_what, change) => {
    const archive = archiveOf(served);
    served = change(served);
    const cache = folderCache();
    await expect(install(archive, cache).done).rejects.toThrow('gave another file than the pinned');
    expect([existsSync(kept()), cache.keys]).toEqual([false, []]);
  });

  test('the archive holds no program of that name', async () => {
    served = release('another');
    await expect(install(archiveOf(served)).done).rejects.toThrow('holds no program');
  });
});

describe('a program that is packed alone, by bzip2,', () => {
  const alone = (): ToolArchive => {
    const file = join(folder, 'alone');
    cpSync('/bin/true', file, { dereference: true });
    execFileSync('bzip2', [file]);
    served = readFileSync(`${file}.bz2`);
    return { ...archiveOf(served), tool: 'restic', packing: 'bz2' };
  };

  test('runs, and comes once', async () => {
    const archive = alone();
    const first = await install(archive).done;
    execFileSync(first.path);
    expect([first.origin, (await install(archive).done).origin]).toEqual([
      'download',
      'tool cache',
    ]);
  });

  test('is not begun when its sum is another one', async () => {
    const archive = { ...alone(), sha256: '0'.repeat(64) };
    await expect(install(archive).done).rejects.toThrow('gave another file than the pinned');
  });

  test('leaves nothing when it cannot be unpacked', async () => {
    alone();
    served = served.subarray(0, served.length - 200);
    const archive: ToolArchive = { ...archiveOf(served), tool: 'restic', packing: 'bz2' };
    await expect(install(archive).done).rejects.toThrow('bzip2 cannot unpack restic');
    const left = execFileSync('find', [folder, '-path', '*job-*', '-type', 'f']).toString();
    expect(left).toBe('');
  });
});

test('a mirror that has no such file is named, with what to do', async () => {
  status = 404;
  const failing = install(archiveOf(served)).done;
  await expect(failing).rejects.toThrow(/127\.0\.0\.1.* cannot be downloaded.*404/);
  await expect(failing).rejects.toMatchObject({ hint: expect.stringContaining('tool-mirror') });
});

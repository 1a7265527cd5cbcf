import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { githubCache } from '../../../src/platform/github/cache';
import { startCacheServer, type CacheServer } from '../../support/runner/cache-server';

const stays = new AbortController().signal;
let server: CacheServer;
let folder: string;
let before: NodeJS.ProcessEnv;
let told: string[];
const cache = (signal = stays) => githubCache((text) => told.push(text), signal);

beforeEach(async () => {
  server = await startCacheServer();
  folder = mkdtempSync(join(tmpdir(), 'shiplock-cache-'));
  before = { ...process.env };
  told = [];
  Object.assign(process.env, server.env, { RUNNER_TEMP: folder, GITHUB_WORKSPACE: folder });
});

afterEach(() => {
  process.env = before;
  server.close();
  rmSync(folder, { recursive: true });
});

function kept(name: string, text: string): string {
  const path = join(folder, name);
  mkdirSync(path, { recursive: true });
  writeFileSync(join(path, 'result.json'), text);
  return path;
}

describe('the cache', () => {
  test('is without what nobody saved, and without a word about it', async () => {
    expect(await cache().restore(join(folder, 'kept'), ['one-'])).toBeNull();
    expect(told).toEqual([]);
  });

  test('gives back the newest that begins with the first key that fits', async () => {
    const path = kept('kept', 'first');
    expect(await cache().save(path, 'main-1-1')).toBe(true);
    kept('kept', 'second');
    expect(await cache().save(path, 'main-1-2')).toBe(true);
    kept('kept', 'third');
    expect(await cache().save(path, 'main-2-1')).toBe(true);
    rmSync(path, { recursive: true });
    expect(await cache().restore(path, ['main-1-', 'main-'])).toBe('main-1-2');
    expect(readFileSync(join(path, 'result.json'), 'utf8')).toBe('second');
    expect(await cache().restore(path, ['main-9-', 'main-'])).toBe('main-2-1');
    expect(readFileSync(join(path, 'result.json'), 'utf8')).toBe('third');
  });

  test('keeps what is there: a key is written once', async () => {
    const path = kept('kept', 'first');
    await cache().save(path, 'main-1');
    expect(await cache().save(path, 'main-1')).toBe(false);
    expect(server.keys).toEqual(['main-1']);
  });

  test.each(['down', 'missing'] as const)('that is %s is no failure', async (how) => {
    if (how === 'missing') delete process.env['ACTIONS_CACHE_URL'];
    else server.behave(how);
    const path = kept('kept', 'first');
    expect(await cache().restore(path, ['main-'])).toBeNull();
    expect(await cache().save(path, 'main-1')).toBe(false);
    if (how === 'missing') expect(told[0]).toContain('this runner has none');
  });

  test('does not keep a cancelled run', async () => {
    const cancelled = AbortSignal.abort(new Error('cancelled'));
    const asked = cache(cancelled).restore(join(folder, 'kept'), ['main-']);
    await expect(asked).rejects.toThrow('cancelled');
  });
});

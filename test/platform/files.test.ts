import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, mkdtemp, readFile, readdir, rm, stat, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { localFiles } from '../../src/platform/files';

const files = localFiles();
let folder = '';
const at = (...path: string[]): string => join(folder, ...path);

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'shiplock-files-'));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

describe('what is not there', () => {
  test('is null, not there, an empty folder, and removed already', async () => {
    expect(await files.read(at('none'))).toBeNull();
    expect(await files.exists(at('none', 'deeper'))).toBe(false);
    expect(await files.list(at('none'))).toEqual([]);
    await files.remove(at('none'));
    await files.remove(at('none', 'deeper'));
  });
});

describe('what cannot be read is an error, not an absence', () => {
  test('a folder where a file is expected', async () => {
    await mkdir(at('state.json'));
    await expect(files.read(at('state.json'))).rejects.toThrow('EISDIR');
  });

  test('a path that leads round in a circle: a marker that cannot be seen is not a missing one', async () => {
    await symlink('circle', at('circle'));
    await expect(files.exists(at('circle', 'managed'))).rejects.toThrow('ELOOP');
    await expect(files.list(at('circle'))).rejects.toThrow('ELOOP');
  });
});

describe('write', () => {
  test.each([0o000, 0o022, 0o077])(
    'gives the mode that was asked for under umask %i',
    async (umask) => {
      const before = process.umask(umask);
      await files.write(at('deep', 'secret'), 'x', 0o600).finally(() => process.umask(before));
      await files.write(at('marker'), '', 0o644);
      expect((await stat(at('deep', 'secret'))).mode & 0o777).toBe(0o600);
      expect((await stat(at('marker'))).mode & 0o777).toBe(0o644);
    },
  );

  test('takes the place of what is there, mode included, and leaves nothing beside it', async () => {
    await writeFile(at('state.json'), 'old and longer', { mode: 0o666 });
    await files.write(at('state.json'), 'new', 0o600);
    expect(await readFile(at('state.json'), 'utf8')).toBe('new');
    expect((await stat(at('state.json'))).mode & 0o777).toBe(0o600);
    expect(await readdir(folder)).toEqual(['state.json']);
  });

  test('that fails leaves the old one, and nothing beside it', async () => {
    await mkdir(at('state.json', 'in-the-way'), { recursive: true });
    await expect(files.write(at('state.json'), 'new', 0o600)).rejects.toThrow();
    expect(await readdir(folder)).toEqual(['state.json']);
  });

  test('of many at once gives one of them, whole', async () => {
    const texts = Array.from({ length: 40 }, (_, index) => `${index}-`.repeat(2000));
    await Promise.all(texts.map((text) => files.write(at('lease'), text, 0o600)));
    expect(texts).toContain(await readFile(at('lease'), 'utf8'));
    expect(await readdir(folder)).toEqual(['lease']);
  });

  test('killed at any instant leaves the old text or the new one', async () => {
    const old = 'a'.repeat(300_000);
    for (let round = 0; round < 6; round += 1) {
      await files.write(at('state.json'), old, 0o600);
      const child = spawn(process.execPath, [
        '--import',
        'tsx',
        '-e',
        overwriting(at('state.json')),
      ]);
      await Promise.race([once(child.stdout, 'data'), once(child, 'close')]);
      expect(child.exitCode).toBeNull();
      await delay(2 + round * 7);
      child.kill('SIGKILL');
      await once(child, 'close');
      const text = await readFile(at('state.json'), 'utf8');
      expect([text.length, new Set(text).size]).toEqual([300_000, 1]);
    }
  }, 60_000);
});

/** A program that writes a file over and over, each time full of another digit. */
function overwriting(path: string): string {
  const source = new URL('../../src/platform/files', import.meta.url).pathname;
  return `const { localFiles } = require(${JSON.stringify(source)});
    const again = (n) => localFiles().write(${JSON.stringify(path)}, String(n % 10).repeat(300_000), 0o600).then(() => again(n + 1));
    console.log('ready');
    void again(0);`;
}

describe('append', () => {
  test('makes the file and its folder, and adds to what is there', async () => {
    await files.append(at('journal', 'd1.jsonl'), 'one\n', 0o600);
    await files.append(at('journal', 'd1.jsonl'), 'two\n', 0o600);
    expect(await readFile(at('journal', 'd1.jsonl'), 'utf8')).toBe('one\ntwo\n');
    expect((await stat(at('journal', 'd1.jsonl'))).mode & 0o777).toBe(0o600);
  });
});

test('what is made belongs to the owner that was named, where this process may give it away', async () => {
  const given = localFiles({ uid: 4321, gid: 4321 });
  await given.write(at('state.json'), '', 0o600);
  await given.append(at('audit.jsonl'), '', 0o600);
  const expected = process.getuid?.() === 0 ? 4321 : process.getuid?.();
  for (const name of ['state.json', 'audit.jsonl'])
    expect((await stat(at(name))).uid).toBe(expected);
});

describe('remove', () => {
  test('takes a folder with all that is in it', async () => {
    await mkdir(at('releases', '1-v1', 'deep'), { recursive: true });
    await writeFile(at('releases', '1-v1', 'deep', 'file'), '');
    await files.remove(at('releases', '1-v1'));
    expect(await files.list(at('releases'))).toEqual([]);
  });
});

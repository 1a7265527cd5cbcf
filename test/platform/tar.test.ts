import { mkdtemp, readFile, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { packFiles } from '../../src/platform/tar';
import { runCommand } from '../support/run-command';

let folder = '';
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'shiplock-tar-'));
});
afterEach(() => rm(folder, { recursive: true }));

const long = `deploy/${'long-name/'.repeat(12)}compose.yml`;

describe.each([
  ['GNU tar', ['tar']],
  ['BusyBox tar', ['busybox', 'tar']],
])('%s unpacks', (_, tar) => {
  test.each([
    ['a text', 'compose.yml', 'services: {}\n'],
    ['an empty file', 'lease.expected', ''],
    ['letters beyond ASCII in a text', 'compose.yml', 'größe: "€ 😀"\n'],
    ['a name with a space and quotes', `it's "a" file.yml`, 'x'],
    ['a name beyond ASCII', 'größe/compose.yml', 'x'],
    ['a name of more than 100 characters', long, 'x'],
    ['a megabyte', 'keeper.mjs', 'x'.repeat(1024 * 1024)],
  ])('%s, readable for its owner only', async (_what, path, content) => {
    const stdin = await packFiles([
      { path, content },
      { path: 'last', content: 'last' },
    ]);
    const script = `umask 000; exec "$0" "$@"`;
    const run = await runCommand(['sh', '-c', script, ...tar, '-xf', '-', '-C', folder], { stdin });
    expect(run).toMatchObject({ code: 0 });
    expect(await readFile(join(folder, path), 'utf8')).toBe(content);
    expect((await stat(join(folder, path))).mode & 0o777).toBe(0o600);
    expect(await readFile(join(folder, 'last'), 'utf8')).toBe('last');
  });
});

test('bytes stay bytes', async () => {
  const content = Uint8Array.from({ length: 256 }, (_, index) => index);
  const stdin = await packFiles([{ path: 'bytes', content }]);
  await runCommand(['tar', '-xf', '-', '-C', folder], { stdin });
  expect(new Uint8Array(await readFile(join(folder, 'bytes')))).toEqual(content);
});

test('an archive of nothing is an archive', async () => {
  const run = await runCommand(['tar', '-tf', '-'], { stdin: await packFiles([]) });
  expect(run).toMatchObject({ code: 0, stdout: '' });
});

import { createHash } from 'node:crypto';
import {
  mkdtempSync,
  readFileSync,
  readdirSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { packWords, parsePacked, unpackWords } from '../../../src/commands/backup/pack';
import { runCommand } from '../../support/run-command';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'shiplock-pack-'));
});
afterEach(() => {
  rmSync(folder, { recursive: true });
});

async function pack(text: string, stdin = '') {
  const result = await runCommand(packWords(folder, 'x.gz', ['sh', '-c', text]), { stdin });
  return { ...result, ...parsePacked(result.stdout, 'tool') };
}

const exitsOf = ({ exits }: Awaited<ReturnType<typeof pack>>) =>
  Object.fromEntries(exits.map(({ name, exit }) => [name, exit]));

describe('packing', () => {
  test.each([
    ['nothing', ':', ''],
    ['one line without its end', 'printf abc', 'abc'],
    ['lines', 'printf "a\\n\\nb\\n"', 'a\n\nb\n'],
    ['what it was sent', 'cat', 'sent'],
  ])('counts and hashes %s', async (_, text, plain) => {
    const packed = await pack(text, 'sent');
    expect(exitsOf(packed)).toEqual({ tool: 0, tee: 0, gzip: 0, sha256sum: 0, wc: 0 });
    expect(packed.bytes).toBe(plain.length);
    expect(packed.sha256).toBe(createHash('sha256').update(plain).digest('hex'));
    expect(gunzipSync(readFileSync(join(folder, 'x.gz'))).toString()).toBe(plain);
    expect(readdirSync(folder)).toEqual(['x.gz']);
  });

  test('a tool that dies half way leaves valid gzip, and its own exit code', async () => {
    const packed = await pack('echo half; kill -9 $$');
    expect(exitsOf(packed)).toMatchObject({ tool: 137, gzip: 0 });
    expect(gunzipSync(readFileSync(join(folder, 'x.gz'))).toString()).toBe('half\n');
  });

  test('a full disk is the packer’s failure', async () => {
    symlinkSync('/dev/full', join(folder, 'x.gz'));
    const packed = await pack('seq 1 200000');
    expect(exitsOf(packed)['gzip']).not.toBe(0);
    expect(packed.stderr).toContain('No space left');
  });
});

describe('unpacking', () => {
  const unpack = (tool: readonly string[]) => runCommand(unpackWords(folder, 'x.gz', tool));

  test('fails with the tool, and with the file', async () => {
    await pack('seq 1 100000');
    expect((await unpack(['tail', '-n', '1'])).stdout).toBe('100000\n');
    expect((await unpack(['sh', '-c', 'cat >/dev/null; exit 7'])).code).toBe(7);
    const whole = readFileSync(join(folder, 'x.gz'));
    writeFileSync(join(folder, 'x.gz'), whole.subarray(0, whole.length - 400));
    expect((await unpack(['cat'])).code).toBe(98);
    const flipped = Buffer.from(whole);
    flipped[5000] = (flipped[5000] ?? 0) ^ 4;
    writeFileSync(join(folder, 'x.gz'), flipped);
    expect((await unpack(['cat'])).code).toBe(98);
  });
});

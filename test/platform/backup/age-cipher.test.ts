import { createHash, randomBytes } from 'node:crypto';
import { Readable } from 'node:stream';
import { buffer } from 'node:stream/consumers';
import { describe, expect, test } from '@jest/globals';
import { Decrypter, generateX25519Identity, identityToRecipient } from 'age-encryption';
import { ageDecryption, ageEncryption } from '../../../src/platform/backup/age-cipher';

const identity = await generateX25519Identity();
const encrypt = await ageEncryption([await identityToRecipient(identity)]);
const decrypt = await ageDecryption(identity);

/** In pieces whose ends are never those of age's chunks. */
function inPieces(content: Buffer, size = 10_007): Readable {
  const pieces = [];
  for (let at = 0; at < content.length; at += size) pieces.push(content.subarray(at, at + size));
  return Readable.from(pieces, { objectMode: false });
}
const encrypted = async (content: Buffer) => buffer(await encrypt(inPieces(content)));
const sum = (content: Uint8Array) => createHash('sha256').update(content).digest('hex');

test.each([0, 1, 65_535, 65_536, 65_537, 131_072, 200_000])(
  "a file of %i bytes is one that age's own library opens",
  async (bytes) => {
    const content = randomBytes(bytes);
    const decrypter = new Decrypter();
    decrypter.addIdentity(identity);
    const opened = await decrypter.decrypt(new Uint8Array(await encrypted(content)));
    expect([opened.length, sum(opened)]).toEqual([bytes, sum(content)]);
  },
);

test('the same content never looks alike twice', async () => {
  const content = Buffer.alloc(1_000);
  const [one, other] = [await encrypted(content), await encrypted(content)];
  expect(one.length).toBe(other.length);
  expect(one.subarray(-1_016).equals(other.subarray(-1_016))).toBe(false);
});

test('a source that breaks gives no file with an end', async () => {
  const source = inPieces(randomBytes(200_000));
  const failing = buffer(await encrypt(source));
  source.destroy(new Error('the connection was lost'));
  await expect(failing).rejects.toThrow('the connection was lost');
});

describe('a copy that is opened', () => {
  const content = randomBytes(200_000);

  test.each<[string, (file: Buffer) => Buffer]>([
    ['was cut', (file) => file.subarray(0, file.length / 2)],
    ['was cut at the end of a chunk', (file) => file.subarray(0, file.length - 3_392 - 16)],
    ['has another byte', (file) => file.fill(file.readUInt8(100_000) ^ 1, 100_000, 100_001)],
    ['has one byte more', (file) => Buffer.concat([file, Buffer.from('x')])],
  ])('and %s, is said to be damaged', async (_what, change) => {
    const file = change(await encrypted(content));
    await expect(decrypt(inPieces(file)).then(buffer)).rejects.toThrow('cannot decrypt the copy');
  });

  test('and does not come to its end, fails with what broke it', async () => {
    const source = inPieces(await encrypted(content));
    const opened = await decrypt(source);
    source.destroy(new Error('the connection was lost'));
    await expect(buffer(opened)).rejects.toThrow('the connection was lost');
  });
});

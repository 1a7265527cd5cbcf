import { randomBytes } from 'node:crypto';
import { Readable } from 'node:stream';
import { expect, test } from '@jest/globals';
import { fillParts } from '../../../src/platform/backup/fill-parts';

async function partsOf(pieces: readonly number[], size: number) {
  const content = randomBytes(pieces.reduce((all, one) => all + one, 0));
  let at = 0;
  const source = Readable.from(
    pieces.map((length) => content.subarray(at, (at += length))),
    { objectMode: false },
  );
  const parts: { bytes: number; last: boolean }[] = [];
  const copied: Buffer[] = [];
  let held: Buffer | null = null;
  for await (const { content: part, last } of fillParts(source, size)) {
    // As one that is on its way while the next one fills.
    if (held !== null) copied.push(Buffer.from(held));
    held = part;
    parts.push({ bytes: part.length, last });
  }
  if (held !== null) copied.push(Buffer.from(held));
  expect(Buffer.concat(copied).equals(content)).toBe(true);
  return parts.map(({ bytes, last }) => (last ? `${bytes} last` : bytes));
}

test.each<[string, readonly number[], readonly (number | string)[]]>([
  ['nothing is one empty part', [], ['0 last']],
  ['less than a part is one', [3, 4], ['7 last']],
  ['exactly one part is one', [4, 6], ['10 last']],
  ['pieces are cut where a part ends', [7, 7, 7], [10, 10, '1 last']],
  ['a piece of several parts', [35], [10, 10, 10, '5 last']],
  ['several whole parts', [10, 10, 10], [10, 10, '10 last']],
])('%s', async (_what, pieces, parts) => {
  expect(await partsOf(pieces, 10)).toEqual(parts);
});

test('a stream that fails fails the parts', async () => {
  const source = Readable.from(
    (async function* () {
      yield Buffer.alloc(15);
      await Promise.resolve();
      throw new Error('the connection was lost');
    })(),
    { objectMode: false },
  );
  const all = async () => {
    for await (const part of fillParts(source, 10)) expect(part.last).toBe(false);
  };
  await expect(all()).rejects.toThrow('the connection was lost');
});

import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import {
  demultiplex,
  jsonLines,
  rawOutput,
  splitLines,
} from '../../../src/platform/docker-api/streams';

const frame = (kind: number, payload: string | Buffer) => {
  const data = Buffer.from(payload);
  const header = Buffer.alloc(8);
  header.writeUInt8(kind, 0);
  header.writeUInt32BE(data.length, 4);
  return Buffer.concat([header, data]);
};

async function* chunksOf(bytes: Buffer, sizes: readonly number[]) {
  let rest = bytes;
  for (let turn = 0; rest.length > 0; turn += 1) {
    await Promise.resolve();
    const size = sizes[turn % sizes.length] ?? 1;
    yield rest.subarray(0, size);
    rest = rest.subarray(size);
  }
}

async function all<T>(source: AsyncIterable<T>): Promise<T[]> {
  const list: T[] = [];
  for await (const one of source) list.push(one);
  return list;
}

const sizes = fc.array(fc.integer({ min: 1, max: 40 }), { minLength: 1, maxLength: 10 });

describe('demultiplex', () => {
  test('gives each stream its bytes, wherever frames are cut', async () => {
    const frames = fc.array(fc.tuple(fc.constantFrom(1, 2), fc.uint8Array({ maxLength: 50 })));
    const property = fc.asyncProperty(frames, sizes, async (list, cuts) => {
      const wire = Buffer.concat(list.map(([kind, data]) => frame(kind, Buffer.from(data))));
      const pieces = await all(demultiplex(chunksOf(wire, cuts)));
      for (const [kind, stream] of [
        [1, 'stdout'],
        [2, 'stderr'],
      ] as const) {
        const sent = Buffer.concat(
          list.filter(([own]) => own === kind).map(([, data]) => Buffer.from(data)),
        );
        const got = Buffer.concat(
          pieces.filter((piece) => piece.stream === stream).map(({ data }) => data),
        );
        expect(got.equals(sent)).toBe(true);
      }
    });
    await fc.assert(property, { numRuns: 300 });
  });

  test.each([
    ['the header', frame(1, 'hello').subarray(0, 5)],
    ['the payload', frame(1, 'hello').subarray(0, 10)],
  ])('says that output ended in the middle of %s', async (_name, wire) => {
    await expect(all(demultiplex(chunksOf(wire, [3])))).rejects.toMatchObject({ reason: 'lost' });
  });

  test('refuses what is not in frames', async () => {
    const text = Buffer.from('plain text, as a terminal gives it');
    await expect(all(demultiplex(chunksOf(text, [100])))).rejects.toThrow('not in frames');
  });

  test("throws the engine's own complaint after the output", async () => {
    const wire = Buffer.concat([frame(1, 'before\n'), frame(3, 'log driver failed')]);
    const lines: string[] = [];
    const reading = async () => {
      for await (const { line } of splitLines(demultiplex(chunksOf(wire, [4])))) lines.push(line);
    };
    await expect(reading()).rejects.toThrow('log driver failed');
    expect(lines).toEqual(['before']);
  });
});

describe('splitLines', () => {
  const lines = fc.array(
    fc.string({ unit: 'grapheme' }).map((line) => line.replaceAll(/[\r\n]/g, '')),
  );

  test('gives back whole lines, wherever characters are cut', async () => {
    const property = fc.asyncProperty(lines, sizes, async (list, cuts) => {
      const wire = Buffer.from(list.map((line) => `${line}\n`).join(''));
      const got = await all(splitLines(rawOutput(chunksOf(wire, cuts))));
      expect(got).toEqual(list.map((line) => ({ stream: 'stdout', line })));
    });
    await fc.assert(property, { numRuns: 200 });
  });

  test('keeps the two streams apart and gives the last line without an end', async () => {
    const wire = Buffer.concat([frame(1, 'o1'), frame(2, 'e1\ne2'), frame(1, ' more\r\nlast')]);
    expect(await all(splitLines(demultiplex(chunksOf(wire, [7]))))).toEqual([
      { stream: 'stderr', line: 'e1' },
      { stream: 'stdout', line: 'o1 more' },
      { stream: 'stdout', line: 'last' },
      { stream: 'stderr', line: 'e2' },
    ]);
  });

  test('cuts a line that never ends, so that memory does not', async () => {
    const endless = Buffer.alloc(1_000_000, 'x');
    const got = await all(splitLines(rawOutput(chunksOf(endless, [10_000]))));
    expect(Math.max(...got.map(({ line }) => line.length))).toBeLessThanOrEqual(65_536);
    expect(got.map(({ line }) => line).join('')).toHaveLength(1_000_000);
  });
});

test('jsonLines reads one value a line', async () => {
  const wire = Buffer.from('{"a":1}\r\n\n{"b":"ü"}');
  expect(await all(jsonLines(chunksOf(wire, [1])))).toEqual([{ a: 1 }, { b: 'ü' }]);
});

import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { cutJson } from '../../../src/commands/reports/cut-json';
import { chunksOf, readSample, trivySample } from '../../support/scan-samples';

const cut = async (text: string, depth: number, chunk = 3) => {
  const taken: [string, unknown][] = [];
  const rest = await cutJson(chunksOf(text, chunk), {
    depth,
    take: (part, entry) => taken.push([part, entry]),
  });
  return { taken, rest };
};

test('entries are cut out with the key of their list, and their numbers stay', async () => {
  const text = '{"a":1,"list":[{"x":"}]{"},{"y":[{"z":"\\\\\\""}]}],"other":[{}, 5],"é":"ü"}';
  expect(await cut(text, 2)).toEqual({
    taken: [
      ['list', { x: '}]{' }],
      ['list', { y: [{ z: '\\"' }] }],
      ['other', {}],
    ],
    rest: { a: 1, list: [0, 1], other: [2, 5], é: 'ü' },
  });
});

test('any document is read as JSON.parse reads it, from chunks of any size', async () => {
  const entries = fc.array(
    fc.record({ value: fc.jsonValue(), name: fc.string({ unit: 'binary' }) }),
  );
  const documents = fc.record({ head: fc.jsonValue({ maxDepth: 1 }), findings: entries });
  await fc.assert(
    fc.asyncProperty(documents, fc.integer({ min: 1, max: 40 }), async (document, chunk) => {
      const text = JSON.stringify(document);
      const same = JSON.parse(text) as typeof document;
      const { taken } = await cut(text, 2, chunk);
      expect(taken.filter(([part]) => part === 'findings').map(([, entry]) => entry)).toEqual(
        same.findings,
      );
    }),
  );
});

test('a report that is cut off is none, wherever the end is', async () => {
  const text = JSON.stringify(trivySample);
  for (let length = 0; length < text.length; length += 1)
    await expect(readSample('trivy', text.slice(0, length), { chunk: 64 })).rejects.toThrow(
      /cut off|empty|no JSON/,
    );
});

describe('what is no JSON', () => {
  test.each([
    ['entries without a comma', '{"list":[{}{}]}'],
    ['brackets that do not match', '{"list":[{]}}'],
    ['a second document', '{"list":[]}{}'],
    ['a key twice, which would hide what the first one held', '{"list":[{}],"list":[]}'],
    ['a bad entry', '{"list":[{"a":01}]}'],
    ['an open string', '{"list":["a]}'],
    ['a control character', '{"list":["a\nb"]}'],
  ])('%s', async (_what, text) => {
    await expect(cut(text, 2)).rejects.toThrow();
  });

  test('nested without end', async () => {
    await expect(cut('['.repeat(1000), 2)).rejects.toThrow('nested deeper than 64 levels');
  });

  test('an entry without end', async () => {
    async function* endless(): AsyncIterable<Uint8Array> {
      yield Buffer.from('{"list":[{"a":"');
      const more = Buffer.alloc(1 << 20, 'x');
      for (;;) yield await Promise.resolve(more);
    }
    const reading = cutJson(endless(), { depth: 2, take: () => undefined });
    await expect(reading).rejects.toThrow('longer than 32 MiB');
  });

  test('nothing of a text that may hold a secret is quoted', async () => {
    const trouble = await cut('{"list":[{"a": geheim1234}]}', 2).catch((thrown: unknown) => thrown);
    expect(String(trouble)).toContain('it is no JSON');
    expect(String(trouble)).not.toContain('geheim');
  });
});

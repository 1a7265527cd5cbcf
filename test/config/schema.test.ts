import { expect, test } from '@jest/globals';
import { configJsonSchema } from '../../src/config/known-keys';
import { configSchema, notYetSupported } from '../../src/config/schema';
import { parseDuration } from '../../src/domain/duration';
import { durationPattern } from '../../src/config/fields';

interface Node {
  readonly description?: string;
  readonly additionalProperties?: unknown;
  readonly properties?: Readonly<Record<string, Node>>;
}

/** Every map of known keys in the schema, with its path. */
function* maps(node: unknown, path = ''): Generator<readonly [string, Node]> {
  if (typeof node !== 'object' || node === null) return;
  if ('properties' in node) yield [path, node as Node];
  for (const [key, child] of Object.entries(node)) yield* maps(child, `${path}/${key}`);
}

test('every key of the schema that editors read says what it is for, and no map takes other keys', () => {
  const found = [...maps(configJsonSchema())];
  expect(found.length).toBeGreaterThan(8);
  for (const [path, map] of found) {
    expect([path, map.additionalProperties]).toEqual([path, false]);
    for (const [key, node] of Object.entries(map.properties ?? {})) {
      expect([path, key, typeof node.description]).toEqual([path, key, 'string']);
    }
  }
});

test('no key is both known and not yet supported', () => {
  const known = Object.keys(configSchema.shape);
  expect(known.filter((key) => key in notYetSupported)).toEqual([]);
});

test.each(['', '0s', '30s', '1h30m', '5m3ms', '90', '1.5s', 's', '1s1h', '-1s'])(
  'the schema and the code agree about the duration %j',
  (text) => expect(durationPattern.test(text)).toBe(parseDuration(text) !== undefined),
);

import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { findingHolder } from '../../src/operations/scan/hold-finding';
import { spillFile } from '../../src/platform/spill-file';
import { finding } from '../support/scan-judgement';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'shiplock-spill-'));
});
afterEach(() => {
  rmSync(folder, { recursive: true });
});

describe('a spill file', () => {
  test('gives back what was put, in any order, also what is larger than its memory', () => {
    const spill = spillFile(folder);
    const texts = [...Array(3000).keys()].map((index) => `${index} ü😀 `.repeat(1 + (index % 200)));
    texts.splice(1500, 0, 'x'.repeat(3_000_000));
    const places = texts.map((text) => spill.put(text));
    for (const step of [1, 7, 2999]) {
      const order = texts.map((_, index) => (index * step) % texts.length);
      for (const index of order) {
        const place = places[index];
        expect(place && spill.get(place.at, place.bytes) === texts[index]).toBe(true);
      }
    }
  });

  test('leaves nothing that anybody could find', () => {
    const spill = spillFile(folder);
    for (let index = 0; index < 30; index += 1) spill.put('y'.repeat(100_000));
    expect(readdirSync(folder)).toEqual([]);
  });

  test('that cannot be written throws', () => {
    const spill = spillFile(join(folder, 'gone'));
    expect(() => {
      for (let index = 0; index < 30; index += 1) spill.put('y'.repeat(100_000));
    }).toThrow('ENOENT');
  });
});

describe('findings that are held', () => {
  const all = [...Array(50).keys()].map((index) =>
    finding({
      rule: { id: `CVE-${index}` },
      package: { version: String(index) },
      mark: `${index}`,
    }),
  );

  test('are what they were, wherever they lie', () => {
    const hold = findingHolder(spillFile(folder), 10);
    const held = all.map((one) => hold({ ...one }));
    held.forEach((one, index) => {
      const { rule, package: found, mark, nativeId, severity, target } = one;
      expect({ rule, package: found, mark, nativeId, severity, target }).toEqual({
        rule: all[index]?.rule,
        package: all[index]?.package,
        mark: all[index]?.mark,
        nativeId: '',
        severity: 'high',
        target: 'shop',
      });
    });
  });

  test('can be finished later', () => {
    const hold = findingHolder(spillFile(folder), 0);
    const [one] = all.map((each) => hold({ ...each }));
    if (one?.package == null) throw new Error('there is one');
    one.package = { ...one.package, scope: 'development' };
    one.target = 'lock';
    expect([one.package.scope, one.package.version, one.target, one.rule.id]).toEqual([
      'development',
      '0',
      'lock',
      'CVE-0',
    ]);
  });
});

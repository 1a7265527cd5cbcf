import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { diffLines } from '../../src/domain/line-diff';

const diff = (before: string, after: string): string =>
  diffLines(before.split(' '), after.split(' ')).join(' | ');

describe('lines compared', () => {
  test.each([
    ['a b c', 'a b c', ''],
    ['a b c', 'a x c', '  a | - b | + x |   c'],
    ['a b', 'a b c', '  a |   b | + c'],
    ['a b c d', 'c d', '- a | - b |   c |   d'],
    ['1 2 3 4 a 5 6 7 8', '1 2 3 4 b 5 6 7 8', '… |   3 |   4 | - a | + b |   5 |   6 | …'],
    ['a x b y c', 'a b c', '  a | - x |   b | - y |   c'],
  ])('%s → %s', (before, after, expected) => {
    expect(diff(before, after)).toBe(expected);
  });

  test('what is gone and what is new leads from one text to the other', () => {
    const lines = fc.array(fc.constantFrom('a', 'b', 'c', 'd'), { maxLength: 12 });
    fc.assert(
      fc.property(lines, lines, (before, after) => {
        const told = diffLines(before, after);
        const count = (mark: string): number => told.filter((line) => line.startsWith(mark)).length;
        expect(before.length - count('- ')).toBe(after.length - count('+ '));
        expect(told.length === 0).toBe(before.join() === after.join());
      }),
    );
  });

  test('very long texts are told as one change', () => {
    const many = (word: string): string[] =>
      Array.from({ length: 2500 }, (_, at) => word + String(at));
    const told = diffLines(many('a'), many('b'));
    expect([told.length, told[0], told[2500]]).toEqual([5000, '- a0', '+ b0']);
  });
});

import { describe, expect, test } from '@jest/globals';
import { readPairs, readPaths, readSummary } from '../support/runner/files';

describe('a file of pairs', () => {
  test.each([
    ['nothing', '', []],
    ['empty lines', '\n\na=1\n\n', [['a', '1']]],
    ['a value without line end', 'a=1', [['a', '1']]],
    ['a value with = and <<', 'a=b=c<<d\n', [['a', 'b=c<<d']]],
    ['an empty value', 'a=\n', [['a', '']]],
    ['a block', 'a<<E\none\ntwo\nE\n', [['a', 'one\ntwo']]],
    ['a block whose delimiter ends the file', 'a<<E\none\nE', [['a', 'one']]],
    [
      'a block of nothing',
      'a<<E\nE\nb=2\n',
      [
        ['a', ''],
        ['b', '2'],
      ],
    ],
    ['a block that ends with an empty line', 'a<<E\none\n\nE\n', [['a', 'one\n']]],
    ['a delimiter with =', 'a<<E=F\nx\nE=F\n', [['a', 'x']]],
    ['the delimiter inside a line', 'a<<E\nE x\n E\nE\n', [['a', 'E x\n E']]],
    ['pairs inside a block', 'a<<E\nb=2\nc<<D\nE\n', [['a', 'b=2\nc<<D']]],
    [
      'carriage returns, which stay',
      'a=1\r\nb<<E\nx\r\nE\n',
      [
        ['a', '1\r'],
        ['b', 'x\r'],
      ],
    ],
    [
      'a name twice',
      'a=1\na=2\n',
      [
        ['a', '1'],
        ['a', '2'],
      ],
    ],
  ])('takes %s', (_, text, pairs) => {
    expect(readPairs(text)).toEqual({ pairs, problem: null });
  });

  test.each([
    ['a line without =', 'a=1\nhello\nb=2\n', "Invalid format 'hello'"],
    ['an empty name', 'a=1\n=x\n', "Invalid format '=x'"],
    ['an empty block name', 'a=1\n<<E\nE\n', "Invalid format '<<E'"],
    ['an empty delimiter', 'a=1\nb<<\nx\n', "Invalid format 'b<<'"],
    ['a block that never ends', 'a=1\nb<<E\nx\n', "Matching delimiter not found 'E'"],
    [
      'a delimiter with a carriage return',
      'a=1\nb<<E\nx\nE\r\n',
      "Matching delimiter not found 'E'",
    ],
  ])('refuses %s and keeps what stands before', (_, text, problem) => {
    expect(readPairs(text)).toEqual({ pairs: [['a', '1']], problem });
  });
});

test('the last folder comes first on PATH', () => {
  expect(readPaths('/a\n\n/b\r\n')).toEqual(['/b', '/a']);
});

test('a summary over 1 MiB is not shown, one of exactly 1 MiB is', () => {
  const mebibyte = 'é'.repeat(512 * 1024);
  expect(readSummary(mebibyte)).toBe(mebibyte);
  expect(readSummary(`${mebibyte}.`)).toBeNull();
});

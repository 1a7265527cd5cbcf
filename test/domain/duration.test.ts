import { describe, expect, test } from '@jest/globals';
import { formatDuration, parseDuration } from '../../src/domain/duration';

describe('parseDuration', () => {
  test.each([
    '',
    ' ',
    '30',
    's',
    '-1s',
    '1.5s',
    '2 m',
    '1s1h',
    '30sec',
    '1e3s',
    '8d',
    '169h',
    '٣s',
  ])('refuses %j', (text) => expect(parseDuration(text)).toBeUndefined());

  test.each([
    ['0s', 0],
    ['500ms', 500],
    ['30s', 30_000],
    [' 2m ', 120_000],
    ['1h30m', 5_400_000],
    ['1m500ms', 60_500],
    ['168h', 604_800_000],
  ])('%j is %d ms', (text, ms) => expect(parseDuration(text)).toBe(ms));
});

test.each([
  [0, '0.0 s'],
  [449, '0.4 s'],
  [59_949, '59.9 s'],
  [59_960, '1 min 0 s'],
  [125_000, '2 min 5 s'],
  [5_400_000, '1 h 30 min'],
])('formatDuration(%d) is %j', (ms, text) => expect(formatDuration(ms)).toBe(text));

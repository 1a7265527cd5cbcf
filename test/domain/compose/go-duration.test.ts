import { expect, test } from '@jest/globals';
import { formatGrace, parseGoDuration } from '../../../src/domain/compose/go-duration';

test.each(['', ' ', '5', 's', '1m 30s', '-1s', '1d', '1s!', 'x1s'])('%j is none', (text) =>
  expect(parseGoDuration(text)).toBeUndefined(),
);

test.each([
  ['0', 0],
  ['0s', 0],
  ['1m30s', 90_000],
  ['1h0m0s', 3_600_000],
  ['1.5s', 1500],
  ['2m0.25s', 120_250],
  ['500ms', 500],
  ['1500us', 2],
  ['999ns', 0],
])('%s is %d ms', (text, ms) => expect(parseGoDuration(text)).toBe(ms));

test.each([0, 1, 1500, 60_000])('%d ms is read back', (ms) => {
  expect(parseGoDuration(formatGrace(ms))).toBe(ms);
});

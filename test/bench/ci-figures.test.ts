import { expect, test } from '@jest/globals';
import { figures } from '../../bench/ci/figures';

test('a start is held against its target, and work against twice the work of the same round', () => {
  const starts = { imageTags: [140, 150, 400], mergeGate: [151, 151, 90] };
  const rules = [
    { ms: 100, doubledMs: 210 },
    { ms: 300, doubledMs: 600 },
    { ms: 200, doubledMs: 420 },
  ];
  const checks = [{ ms: 1000, doubledMs: 4000 }];
  expect(figures({ starts, rules, checks }, { rules: 10, checks: 5 })).toEqual({
    bench: 'ci',
    startMs: {
      imageTags: { median: 150, target: 150, met: true, values: [140, 150, 400] },
      mergeGate: { median: 151, target: 150, met: false, values: [151, 151, 90] },
    },
    rules: {
      count: 10,
      median: 200,
      values: [100, 300, 200],
      growthWhenDoubled: { median: 2.1, target: 3, met: true },
    },
    checks: {
      count: 5,
      median: 1000,
      values: [1000],
      growthWhenDoubled: { median: 4, target: 3, met: false },
    },
  });
});

import { describe, expect, test } from '@jest/globals';
import { describeHolder } from '../../../src/domain/release/describe-holder';
import { judgeLease, nextLease } from '../../../src/domain/release/judge-lease';
import type { Lease } from '../../../src/domain/records/state';

const holder = {
  deploy: 'd4',
  run: 'https://github.com/shop/shop/actions/runs/1',
  actor: 'ada',
  attempt: 2,
};
const now = 1_000_000;
const lease = (changes: Partial<Lease> = {}): Lease => ({
  schema: 1,
  epoch: 7,
  holder,
  heartbeat: now,
  ...changes,
});

describe('judgeLease', () => {
  test.each([
    ['fresh, without a keeper yet', lease(), [], 'held'],
    ['fresh, and its keeper runs', lease(), ['d4'], 'held'],
    ['59 s old, without a keeper', lease({ heartbeat: now - 59 }), [], 'held'],
    ['old, but its keeper runs', lease({ heartbeat: now - 86_400 }), ['d3', 'd4'], 'held'],
    ['of a clock that has been set back', lease({ heartbeat: now + 30 }), [], 'held'],
    ['a day ahead, without a keeper', lease({ heartbeat: now + 86_400 }), [], 'abandoned'],
    ['60 s old, without a keeper', lease({ heartbeat: now - 60 }), [], 'abandoned'],
    [
      'old, and only the keeper of another deploy runs',
      lease({ heartbeat: now - 61 }),
      ['d3'],
      'abandoned',
    ],
    ['without a holder', lease({ holder: null }), [], 'free'],
    ['that was never taken', null, [], 'free'],
  ])('a lease %s is judged', (_, record, keepers, kind) => {
    const judged = judgeLease(record, keepers, now);
    expect(judged).toEqual(kind === 'free' ? { kind } : { kind, holder });
  });
});

describe('nextLease', () => {
  const other = { ...holder, deploy: 'd5' };

  test.each([
    ['one that was held', lease(), 8],
    ['one that is free', lease({ holder: null, epoch: 41 }), 42],
    ['none', null, 1],
  ])('after %s the epoch grows', (_, record, epoch) => {
    expect(nextLease(record, other, now)).toEqual({
      schema: 1,
      epoch,
      holder: other,
      heartbeat: now,
    });
  });
});

test('a holder is told with who, which run and which attempt', () => {
  expect(describeHolder(holder)).toBe(
    'ada deploys (d4, attempt 2, https://github.com/shop/shop/actions/runs/1)',
  );
});

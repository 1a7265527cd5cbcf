import { describe, expect, test } from '@jest/globals';
import { keyWindow } from '../../../src/domain/backup/key-window';
import type { RedisCounters } from '../../../src/domain/backup/redis-seen';

const counters = (given: Partial<RedisCounters>): RedisCounters => ({
  keys: {},
  changes: 0,
  saves: '0 1700000000',
  commands: 0,
  removed: 0,
  ...given,
});

describe('keyWindow', () => {
  test('nothing was written: exactly what was counted', () => {
    const one = counters({ keys: { db0: 5, db3: 1 }, changes: 7 });
    expect(keyWindow(one, { ...one, commands: 3 })).toEqual({ db0: 5, db3: 1 });
  });

  test('written and removed: as far as the changes reach, never below nothing', () => {
    const before = counters({ keys: { db0: 100, db1: 2 }, changes: 10, removed: 1 });
    const after = counters({ keys: { db0: 103, db2: 1 }, changes: 15, removed: 3 });
    expect(keyWindow(before, after)).toEqual({
      db0: { min: 93, max: 110 },
      db1: { min: 0, max: 9 },
      db2: { min: 0, max: 8 },
    });
  });

  test('a save in between sets changes back: then each command counts', () => {
    const before = counters({ keys: { db0: 100 }, changes: 500, commands: 1000 });
    const after = counters({
      keys: { db0: 100 },
      changes: 2,
      commands: 1040,
      saves: '1 1700000009',
    });
    expect(keyWindow(before, after)).toEqual({ db0: { min: 60, max: 140 } });
  });
});

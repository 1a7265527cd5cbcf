import { describe, expect, test } from '@jest/globals';
import { figures, median } from '../../bench/deploy/figures';
import type { Phases } from '../../bench/deploy/timeline';

const phases = (lookMs: number): Phases => ({
  look: lookMs,
  pull: 400,
  make: 0,
  start: 0,
  'hand over': 0,
  gate: 2000,
  switch: 0,
  check: 0,
  bake: 0,
  drain: 0,
  stop: 0,
  record: 0,
  leave: 0,
});

const measured = {
  deploys: [1400, 1500, 1700].map((ms) => ({ wallMs: ms + 2400, phases: phases(ms) })),
  sessions: [
    { commands: 7, api: 5 },
    { commands: 8, api: 1 },
    { commands: 9, api: 0 },
  ],
  rollbacks: [900, 990, 1300],
  returns: [10, 20, 51],
  composeUps: [1000, 1000, 1250],
};

test('targets are held against medians, and a target that is just reached is met', () => {
  expect(figures(measured)).toMatchObject({
    runs: 3,
    deployBeyondMs: { median: 1500, target: 1500, met: true, values: [1400, 1500, 1700] },
    roundTrips: { median: 9, target: 8, met: false, values: [8, 9, 9] },
    apiChannels: 1,
    warmRollbackMs: { median: 990, target: 1000, met: true },
    returnMs: { median: 20, target: 50, met: true },
    phasesMs: { look: 1500, pull: 400, gate: 2000 },
    ratios: {
      deployBeyondToComposeUp: 1.5,
      deployWallToComposeUp: 3.9,
      warmRollbackToComposeUp: 0.99,
    },
  });
});

describe('the median', () => {
  test.each([
    [[3], 3],
    [[5, 1, 3], 3],
    [[1, 2, 10, 20], 6],
  ])('of %j is %d', (values, middle) => {
    expect(median(values)).toBe(middle);
  });

  test('of nothing is refused', () => {
    expect(() => median([])).toThrow('no median');
  });
});

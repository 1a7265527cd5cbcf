import { expect, test } from '@jest/globals';
import type { HostFacts } from '../../../src/domain/release/host-facts';
import { repairState } from '../../../src/domain/release/repair-state';
import { releaseOf } from '../../support/scripted/release';

const names = { app: 'shop', environment: 'production' };
const now = '2026-03-01T12:00:00.000Z';
const ledger = [
  releaseOf(1, 'blue'),
  releaseOf(2, 'green'),
  releaseOf(3, 'blue'),
  { ...releaseOf(4, 'green'), standing: 'failed' as const },
];
const facts: HostFacts = {
  ...{ state: null, previousState: null, lease: null, journal: [], unreadable: [] },
  ledger,
};
const blue = { managed: true, green: false };
const placed = (release: string, slot: string) => ({ release, slot });

test('the newest good release of the slot that serves, and the good one of the other', () => {
  expect(repairState(facts, blue, names, now)).toMatchObject({
    ...names,
    live: placed('3-v3', 'blue'),
    previous: placed('2-v2', 'green'),
    updatedAt: now,
  });
});

test('a failed release is never taken for the one that serves', () => {
  const green = { managed: true, green: true };
  expect(repairState(facts, green, names, now)?.live).toEqual(placed('2-v2', 'green'));
});

test('nothing is proposed for a slot without a good release', () => {
  expect(repairState({ ...facts, ledger: [] }, blue, names, now)).toBeNull();
  const adopted = { managed: false, green: false };
  expect(repairState(facts, adopted, names, now)).toBeNull();
});

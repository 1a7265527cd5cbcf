import { describe, expect, test } from '@jest/globals';
import {
  idleSlot,
  markerChange,
  markerPaths,
  slotOf,
  type Markers,
} from '../../../src/domain/proxy/markers';

const none = { managed: false, green: false };
const left = { managed: false, green: true };
const blue = { managed: true, green: false };
const green = { managed: true, green: true };

const applied = (from: Markers, change: ReturnType<typeof markerChange>): Markers =>
  change === null ? from : { ...from, [change.file]: change.present };

describe('markerChange', () => {
  test.each([
    ['from nothing to green', none, 'green', 'from adopted to green takes two markers'],
    [
      'from a green that was left behind to blue',
      left,
      'blue',
      'from adopted to blue takes two markers',
    ],
  ] as const)(
    'refuses a switch that two looks could see half done: %s',
    (_, from, slot, message) => {
      expect(() => markerChange(from, slot)).toThrow(new RangeError(message));
    },
  );

  test.each([
    ['the first release', none, 'blue', { file: 'managed', present: true }],
    ['the first release, green left behind', left, 'green', { file: 'managed', present: true }],
    ['blue to green', blue, 'green', { file: 'green', present: true }],
    ['green to blue', green, 'blue', { file: 'green', present: false }],
    ['back from the first release', blue, 'adopted', { file: 'managed', present: false }],
    ['back from the first release in green', green, 'adopted', { file: 'managed', present: false }],
    ['blue to blue', blue, 'blue', null],
    ['green to green', green, 'green', null],
    ['adopted to adopted', none, 'adopted', null],
    ['adopted to adopted, green left behind', left, 'adopted', null],
  ] as const)(
    'changes one marker at most, and the slot serves then: %s',
    (_, from, slot, change) => {
      expect(markerChange(from, slot)).toEqual(change);
      expect(slotOf(applied(from, markerChange(from, slot)))).toBe(slot);
    },
  );
});

describe('idleSlot', () => {
  test.each([
    ['blue serves', 'blue', blue, 'green'],
    ['green serves', 'green', green, 'blue'],
    ['nothing was released yet', null, none, 'blue'],
    ['the containers from before serve', 'adopted', none, 'blue'],
    ['a first release in green went back', null, left, 'green'],
  ] as const)('%s', (_, live, markers, slot) => {
    expect(idleSlot(live, markers)).toBe(slot);
    expect(() => markerChange(markers, slot)).not.toThrow();
  });
});

test('the files are named after app and environment', () => {
  expect(markerPaths('/srv/shop/nginx', 'shop', 'production')).toEqual({
    include: '/srv/shop/nginx/shop-production.conf',
    markers: '/srv/shop/nginx/shop-production',
  });
});

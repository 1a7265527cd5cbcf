import { expect, test } from '@jest/globals';
import { editDistance, nearestKey } from '../../src/config/nearest-key';

test.each([
  ['', '', 0],
  ['', 'abc', 3],
  ['kitten', 'sitting', 3],
  ['prot', 'port', 1],
  ['ab', 'ba', 1],
  ['same', 'same', 0],
])('%j to %j takes %d', (from, to, distance) => {
  expect(editDistance(from, to)).toBe(distance);
  expect(editDistance(to, from)).toBe(distance);
});

test.each([
  ['configDir', 'config-dir'],
  ['config_dir', 'config-dir'],
  ['environment', 'environments'],
  ['wholly-else', undefined],
  ['x', undefined],
])('%s means %s', (key, meant) => {
  expect(nearestKey(key, ['app', 'config-dir', 'environments', 'url'])).toBe(meant);
});

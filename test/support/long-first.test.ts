import { existsSync, readFileSync } from 'node:fs';
import { expect, test } from '@jest/globals';

test('the files that start first are there', () => {
  const files = readFileSync('test/support/long-first.js', 'utf8').match(/[\w/-]+\.test\.ts/g);
  expect(files?.length).toBeGreaterThan(0);
  expect(files?.filter((file) => !existsSync(file))).toEqual([]);
});

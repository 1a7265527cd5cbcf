import { expect, test } from '@jest/globals';
import { resticArchive, takesCopies } from '../../../src/domain/backup/pinned-restic';

test.each([
  ['restic 0.13.1 compiled with go1.18 on linux/amd64', false],
  ['restic 0.14.0 compiled with go1.19.4 on linux/amd64', true],
  ['restic 0.19.1 compiled with go1.25 on linux/arm64', true],
  ['restic 1.0.0 compiled with go1.26 on linux/amd64', true],
  ['restic (unreleased)', false],
  ['', false],
])('%j takes copies: %s', (printed, takes) => {
  expect(takesCopies(printed)).toBe(takes);
});

test('there is a sum for each platform of GitHub that runs Linux, and for no other', () => {
  const sums = ['linux-x64', 'linux-arm64', 'darwin-arm64'].map(
    (platform) => resticArchive(platform)?.sha256.length,
  );
  expect(sums).toEqual([64, 64, undefined]);
});

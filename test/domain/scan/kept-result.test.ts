import { describe, expect, test } from '@jest/globals';
import {
  keyOfResult,
  placeOfBaseline,
  type KeepingRun,
} from '../../../src/domain/scan/kept-result';

const nameOf = (text: string): string => text.replaceAll('\n', '|');
const push: KeepingRun = {
  event: 'push',
  ref: 'refs/heads/main',
  sha: 'own',
  run: '7-1',
  before: 'before',
  base: null,
};
const pull: KeepingRun = {
  ...push,
  event: 'pull_request',
  ref: 'refs/pull/1/merge',
  before: null,
  base: { branch: 'main', sha: 'base' },
};

describe('the baseline', () => {
  test.each<[string, KeepingRun, readonly string[] | null]>([
    ['of a push is what was there before', push, ['web|main-before-', 'web|main-']],
    ['of a pull request is what it goes into', pull, ['web|main-base-', 'web|main-']],
    [
      'of a push to a pull request is its base all the same',
      { ...pull, before: 'before' },
      ['web|main-base-', 'web|main-'],
    ],
    ['of a new branch is none', { ...push, before: null }, null],
    ['of a tag is none', { ...push, ref: 'refs/tags/v1' }, null],
    ['of a schedule is none', { ...push, event: 'schedule', before: null }, null],
  ])('%s', (_what, run, keys) => {
    const place = placeOfBaseline(run, 'web', nameOf);
    expect(place?.keys ?? null).toEqual(keys?.map((key) => `shiplock-scan-1-${key}`) ?? null);
  });

  test('is of one branch only, also where names begin alike, and never of the very same commit', () => {
    const place = placeOfBaseline({ ...push, ref: 'refs/heads/main-2' }, 'web', nameOf);
    const other = keyOfResult(push, 'web', nameOf) ?? '';
    expect(place?.keys.some((key) => other.startsWith(key))).toBe(false);
    expect(other.startsWith(placeOfBaseline(push, 'web', nameOf)?.own ?? '?')).toBe(true);
  });
});

describe('a result is kept', () => {
  test.each<[string, KeepingRun, string | null]>([
    ['of a push', push, 'web|main-own-7-1'],
    ['of a schedule', { ...push, event: 'schedule' }, 'web|main-own-7-1'],
    ['not of a tag', { ...push, ref: 'refs/tags/v1' }, null],
    ['not of a pull request', pull, null],
    ['not of the merge queue', { ...push, event: 'merge_group' }, null],
    [
      'not of a pull request, though its branch is named',
      { ...push, event: 'pull_request_target' },
      null,
    ],
  ])('%s', (_what, run, key) => {
    const wanted = key === null ? null : `shiplock-scan-1-${key}`;
    expect(keyOfResult(run, 'web', nameOf)).toBe(wanted);
  });
});

import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { chooseTarget, nextRelease } from '../../../src/domain/release/choose-target';
import type { Release } from '../../../src/domain/records/release';
import { releaseOf } from '../../support/scripted/release';
import { ledger } from '../../support/sample-releases';

const entry = (seq: number, version: string, standing: Release['standing'] = 'good'): Release => ({
  ...releaseOf(seq, 'blue'),
  id: `${seq}-${version}`,
  version,
  standing,
});

const one = entry(1, 'v1');
const failed = entry(2, 'v2', 'failed');
const three = entry(3, 'v3');
const back = entry(4, 'v4', 'rolled-back');
const live = entry(5, 'v5');
const history = [one, failed, three, back, live];

const chosen = (
  records: readonly Release[],
  serving: Release,
  version?: string,
  previous: string | null = null,
): string => {
  const target = chooseTarget(records, serving, version, previous);
  return target.kind === 'found' ? target.release.id : target.reason;
};

describe('without a version', () => {
  test.each([
    ['nothing before the live one', [live], 'no good release from before 5-v5 is on record'],
    [
      'only bad ones before it',
      [failed, back, live],
      'no good release from before 5-v5 is on record',
    ],
    ['the newest good one, past what failed or was rolled back', history, '3-v3'],
  ])('%s', (_, records, expected) => {
    expect(chosen(records, live)).toBe(expected);
  });

  test('the one that served before the live one, where that is not the newest', () => {
    expect(chosen(history, live, undefined, '1-v1')).toBe('1-v1');
  });

  test('never the one that served before when that was bad', () => {
    expect(chosen(history, live, undefined, '4-v4')).toBe('3-v3');
  });

  test('a good one that is newer than the live one is no way back', () => {
    expect(chosen([three, live], three)).toBe('no good release from before 3-v3 is on record');
  });
});

describe('with a version', () => {
  test.each([
    ['what nobody knows', 'v9', 'v9 is not on record'],
    ['half of a name', 'v', 'v is not on record'],
    ['the version that serves', 'v5', '5-v5 serves already'],
    ['the release that serves', '5-v5', '5-v5 serves already'],
    ['a version', 'v1', '1-v1'],
    ['a release', '3-v3', '3-v3'],
    ['one that failed, because it was named', 'v2', '2-v2'],
  ])('%s', (_, version, expected) => {
    expect(chosen(history, live, version)).toBe(expected);
  });

  test('of several with that name it is the newest good one', () => {
    const again = [entry(1, 'v1'), entry(2, 'v1'), entry(3, 'v1', 'failed'), live];
    expect(chosen(again, live, 'v1')).toBe('2-v1');
    expect(chosen(again, live, '3-v1')).toBe('3-v1');
  });

  test('the version that serves, released before under the same name, is another release', () => {
    const again = [entry(1, 'v5'), entry(2, 'v5', 'failed'), live];
    expect(chosen(again, live, 'v5')).toBe('1-v5');
  });
});

test('whatever the history, the live release is never a target, and one without a version is good and older', () => {
  const property = fc.property(
    ledger,
    fc.nat(),
    fc.nat(),
    fc.constantFrom(undefined, 'v1', 'v2'),
    (all, at, before, version) => {
      const serving = all[at % all.length] ?? live;
      const previous = all[before % all.length]?.id ?? null;
      const target = chooseTarget(all, serving, version, previous);
      if (target.kind === 'none') return;
      expect(target.release.id).not.toBe(serving.id);
      if (version !== undefined) expect(target.release.version).toBe(version);
      else
        expect([target.release.standing, target.release.seq < serving.seq]).toEqual(['good', true]);
    },
  );
  fc.assert(property);
});

describe('nextRelease', () => {
  test.each([
    ['the first of all', [], { seq: 1, id: '1-v7' }],
    ['after one that failed', [one, failed], { seq: 3, id: '3-v7' }],
    ['after a gap that pruning left', [one, live], { seq: 6, id: '6-v7' }],
  ])('%s', (_, records, expected) => {
    expect(nextRelease(records, null, 'v7')).toEqual(expected);
  });

  test('after what was adopted and is not on record yet', () => {
    const adopted = { ...one, id: '3-adopted', seq: 3 };
    expect(nextRelease([one, failed], adopted, 'v7')).toEqual({ seq: 4, id: '4-v7' });
  });
});

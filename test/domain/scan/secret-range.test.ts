import { describe, expect, test } from '@jest/globals';
import { wantedRange, type RangeEvent } from '../../../src/domain/scan/secret-range';

const [one, two, three] = ['1'.repeat(40), '2'.repeat(40), '3'.repeat(40)] as const;
const none = '0'.repeat(40);

const event = (more: Partial<RangeEvent>): RangeEvent => ({
  name: 'push',
  sha: two,
  ref: 'refs/heads/main',
  defaultBranch: 'main',
  before: null,
  after: null,
  deleted: false,
  merge: null,
  followed: null,
  ...more,
});
const rangeOf = (more: Partial<RangeEvent>, base?: string, head?: string) => {
  const range = wantedRange(event(more), { base, head });
  if (range.kind !== 'commits') return range.kind;
  return [range.bases.join(' or ') || 'everything', range.head, range.orElse];
};

describe('which commits an event brought', () => {
  const merge = { base: one, head: three };
  const cases: [string, Partial<RangeEvent>, ReturnType<typeof rangeOf>][] = [
    ['a push', { before: one, after: two }, [one, two, 'everything']],
    [
      'a push to another branch, also when it was forced and what was there is gone',
      { ref: 'refs/heads/x', before: one, after: two },
      [`${one} or refs/heads/main`, two, 'everything'],
    ],
    [
      'a new branch',
      { ref: 'refs/heads/x', before: none, after: two },
      ['refs/heads/main', two, 'everything'],
    ],
    [
      'the first push of the default branch',
      { before: none, after: two },
      ['everything', two, 'everything'],
    ],
    [
      'a new branch of which nobody says what the default is',
      { ref: 'refs/heads/x', before: none, after: two, defaultBranch: null },
      ['everything', two, 'everything'],
    ],
    ['a branch that was deleted', { before: one, after: none, deleted: true }, 'nothing'],
    ['a tag', { ref: 'refs/tags/v1', before: none, after: two }, ['everything', two, 'everything']],
    [
      'a tag that was moved',
      { ref: 'refs/tags/v1', before: one, after: two },
      ['everything', two, 'everything'],
    ],
    ['a pull request', { name: 'pull_request', merge }, [one, three, 'refuse']],
    [
      'a pull request that runs in its base',
      { name: 'pull_request_target', merge },
      [one, three, 'refuse'],
    ],
    ['a merge group', { name: 'merge_group', merge }, [one, three, 'refuse']],
    [
      'a pull request that does not say what it is',
      { name: 'pull_request', merge: { base: one, head: null } },
      'unknown',
    ],
    ['a run by hand', { name: 'workflow_dispatch' }, ['everything', two, 'everything']],
    ['a schedule', { name: 'schedule' }, ['everything', two, 'everything']],
    ['a release', { name: 'release', ref: 'refs/tags/v1' }, ['everything', two, 'everything']],
    [
      'a run after another one',
      { name: 'workflow_run', followed: three },
      ['everything', three, 'everything'],
    ],
    ['nothing that GitHub knows of', { name: '', sha: '' }, ['everything', 'HEAD', 'everything']],
    ['a push of which little is told', { sha: two }, ['everything', two, 'everything']],
  ];
  test.each(cases)('%s', (_, facts, expected) => {
    expect(rangeOf(facts)).toEqual(expected);
  });
});

describe('the inputs go before the event', () => {
  test.each([
    ['both', 'main', 'HEAD', ['main', 'HEAD', 'refuse']],
    ['the base alone: up to the head of the event', 'main', undefined, ['main', three, 'refuse']],
    ['the head alone: all that leads to it', undefined, 'v1', ['everything', 'v1', 'refuse']],
  ])('%s', (_, base, head, expected) => {
    const merge = { base: one, head: three };
    expect(rangeOf({ name: 'pull_request', merge }, base, head)).toEqual(expected);
  });
});

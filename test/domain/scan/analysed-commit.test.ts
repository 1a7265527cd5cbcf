import { describe, expect, test } from '@jest/globals';
import { analysedCommit, type ScannedCode } from '../../../src/domain/scan/analysed-commit';

const [merge, head, base] = ['c', 'a', 'b'].map((digit) => digit.repeat(40)) as [
  string,
  string,
  string,
];
const pull = { number: 7, headSha: head, from: 'octo-org/octo-repo' };
const push: ScannedCode = {
  event: 'push',
  ref: 'refs/heads/main',
  sha: base,
  repository: 'octo-org/octo-repo',
  pull: null,
  head: base,
};
const ofPull: ScannedCode = {
  ...push,
  event: 'pull_request',
  ref: 'refs/pull/7/merge',
  sha: merge,
  pull,
  head: merge,
};

describe('an analysis belongs to', () => {
  test.each<[string, ScannedCode, string]>([
    ['the branch of a push', push, `refs/heads/main ${base}`],
    ['the tag of a push', { ...push, ref: 'refs/tags/v1' }, `refs/tags/v1 ${base}`],
    [
      'the branch, where nothing is checked out',
      { ...push, head: null },
      `refs/heads/main ${base}`,
    ],
    [
      'the branch of the merge queue',
      { ...push, event: 'merge_group', ref: 'refs/heads/gh-readonly-queue/main/pr-7-b' },
      `refs/heads/gh-readonly-queue/main/pr-7-b ${base}`,
    ],
    ['the merge commit of a pull request', ofPull, `refs/pull/7/merge ${merge}`],
    [
      'the head of a pull request, where that is checked out',
      { ...ofPull, head },
      `refs/pull/7/head ${head}`,
    ],
    [
      'the head, also with pull_request_target, and of a fork',
      {
        ...ofPull,
        event: 'pull_request_target',
        ref: 'refs/heads/main',
        sha: base,
        head,
        pull: { ...pull, from: 'fork/octo-repo' },
      },
      `refs/pull/7/head ${head}`,
    ],
    [
      'the base, where pull_request_target checks out that',
      { ...ofPull, event: 'pull_request_target', ref: 'refs/heads/main', sha: base, head: base },
      `refs/heads/main ${base}`,
    ],
  ])('%s', (_what, code, wanted) => {
    const place = analysedCommit(code);
    expect(place.kind === 'place' ? `${place.ref} ${place.sha}` : place.why).toBe(wanted);
  });
});

describe('an analysis belongs nowhere', () => {
  test.each<[string, ScannedCode, string]>([
    ['of a fork', { ...ofPull, pull: { ...pull, from: 'fork/octo-repo' } }, 'from a fork'],
    ['of a fork that is gone', { ...ofPull, pull: { ...pull, from: null } }, 'from a fork'],
    ['after another workflow', { ...push, event: 'workflow_run' }, 'belongs to the default branch'],
    [
      'with pull_request_target, where nothing tells what was scanned',
      { ...ofPull, event: 'pull_request_target', ref: 'refs/heads/main', sha: base, head: null },
      'by the checkout alone',
    ],
    ['of another commit', { ...push, head: merge }, `the checkout is at ${merge}`],
    ['of nothing', { ...push, ref: '' }, 'belongs to no branch'],
  ])('%s', (_what, code, why) => {
    const place = analysedCommit(code);
    expect(place.kind === 'none' ? place.why : place).toContain(why);
  });
});

import { describe, expect, test } from '@jest/globals';
import { judgedCommit, type CommitPayload } from '../../../src/domain/merge/judged-commit';
import { runCommit, webhookEvent, without, type EventName } from '../../support/webhook-events';

describe('the commit that is judged', () => {
  test.each<[EventName, string]>([
    ['push', '6113728f27ae82c7b1a177c8d03f9e96e0adf246'],
    ['push of a tag', '6113728f27ae82c7b1a177c8d03f9e96e0adf246'],
    ['pull_request', 'ec26c3e57ca3a959ca5aad62de7213c562f8c821'],
    ['pull_request_target', 'ec26c3e57ca3a959ca5aad62de7213c562f8c821'],
    ['merge_group', '2ffea6db159f6b6c47a24e778fb9ef40cf6b1c7d'],
    ['workflow_run', '5779607b49aab1200488439f02372c57b4f75444'],
    ['schedule', runCommit],
    ['workflow_dispatch', runCommit],
    ['release', runCommit],
  ])('of %s is %s', (name, sha) => {
    const given = webhookEvent(name);
    expect(judgedCommit(given.event.name, given.event.payload as CommitPayload, given.sha)).toBe(
      sha,
    );
  });

  test.each([
    ['pull_request', 'pull_request.head.sha', {}],
    ['pull_request_target', 'pull_request.head.sha', { pull_request: undefined }],
    ['merge_group', 'merge_group.head_sha', {}],
    ['workflow_run', 'workflow_run.head_sha', { workflow_run: { head_sha: '' } }],
  ])('of %s cannot be told without %s', (name, path, payload) => {
    expect(() => judgedCommit(name, payload, runCommit)).toThrow(
      `the event ${name}: 1 problem\n  - ${path}: is not there`,
    );
  });

  test('of nothing at all cannot be told', () => {
    expect(() => judgedCommit('push', {}, '')).toThrow('GITHUB_SHA: is not there');
  });
});

test('a payload less a part has the rest', () => {
  const given = without(webhookEvent('merge_group'), 'merge_group.head_sha');
  expect(Object.keys(given.event.payload['merge_group'] as object)).not.toContain('head_sha');
  expect(Object.keys(given.event.payload['merge_group'] as object)).toContain('head_ref');
});

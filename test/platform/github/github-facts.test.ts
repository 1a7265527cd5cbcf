import { expect, test } from '@jest/globals';
import { readGithubFacts } from '../../../src/platform/github/github-facts';

const onGithub = {
  GITHUB_RUN_ID: '12',
  GITHUB_RUN_ATTEMPT: '2',
  GITHUB_REPOSITORY: 'team/app',
  GITHUB_SERVER_URL: 'https://github.example.com',
  GITHUB_ACTION_REPOSITORY: 'some/action',
};

test.each([
  ['outside of GitHub', {}, { runUrl: null, issuesUrl: null, runAttempt: '1', refType: '' }],
  ['without a run', { GITHUB_REPOSITORY: 'team/app' }, { runUrl: null }],
  [
    'on a server of their own',
    onGithub,
    {
      runUrl: 'https://github.example.com/team/app/actions/runs/12/attempts/2',
      issuesUrl: 'https://github.example.com/some/action/issues',
    },
  ],
  ['from the checkout itself', { ...onGithub, GITHUB_ACTION_REPOSITORY: '' }, { issuesUrl: null }],
])('the facts %s', (_, environment, facts) => {
  expect(readGithubFacts(environment)).toMatchObject(facts);
});

import { expect, test } from '@jest/globals';
import { restartPolicyOf } from '../../../src/domain/compose/restart-policy';

test.each([
  [{}, { Name: 'no' }],
  [{ restart: 'no' }, { Name: 'no' }],
  [{ restart: 'always' }, { Name: 'always' }],
  [{ restart: 'unless-stopped' }, { Name: 'unless-stopped' }],
  [{ restart: 'on-failure' }, { Name: 'on-failure', MaximumRetryCount: 0 }],
  [{ restart: 'on-failure:5' }, { Name: 'on-failure', MaximumRetryCount: 5 }],
  [{ deploy: { restart_policy: {} } }, { Name: 'always' }],
  [{ deploy: { restart_policy: { condition: 'any' } } }, { Name: 'always' }],
  [{ restart: 'always', deploy: { restart_policy: { condition: 'none' } } }, { Name: 'no' }],
  [
    { restart: 'always', deploy: { restart_policy: { condition: 'on-failure', max_attempts: 2 } } },
    { Name: 'on-failure', MaximumRetryCount: 2 },
  ],
  [{ restart: 'always', deploy: { replicas: 2 } }, { Name: 'always' }],
])('%j', (service, policy) => expect(restartPolicyOf(service)).toEqual(policy));

import { afterAll, expect, test } from '@jest/globals';
import type { ParsedKey } from 'ssh2';
import { connectFailure } from '../../../src/platform/ssh/ssh-failure';
import type { Hop } from '../../../src/platform/ssh/ssh-hop';
import { readLogin } from '../../../src/platform/ssh/ssh-login';
import { KeyFolder } from '../../support/key-folder';

const folder = new KeyFolder();
afterAll(() => {
  folder.remove();
});

const words = () => ({
  ...{ methods: null, partial: false, sha1: false },
  ...{ greeting: '', banner: '', begun: true },
});

/** Servers from before OpenSSH 7.2 ask for this; none of them runs here, so the key is asked itself. */
test('an RSA key never signs with SHA-1, and the refusal says so', async () => {
  const login = await readLogin({ privateKey: folder.make('rsa', ['-t', 'rsa', '-b', '2048']) });
  const heard = words();
  const offered: unknown[] = [];
  login.offer('deploy', heard)(null as never, null as never, (way) => offered.push(way));
  const { key } = offered[0] as { readonly key: ParsedKey };
  expect(key.verify('data', key.sign('data', 'sha256'), 'sha256')).toBe(true);
  expect(heard.sha1).toBe(false);

  const failure: unknown = key.sign('data', 'sha1');
  expect(failure).toHaveProperty('message', 'SHA-1 signatures are not safe');
  const hop: Hop = {
    destination: { user: 'deploy', host: 'app1', port: 22 },
    ...{ name: 'deploy@app1:22', before: null, login, timeoutMs: 1 },
    pins: { keys: [], revoked: [], fingerprints: [], types: [] },
  };
  const error = connectFailure(failure, hop, heard);
  expect(error.message).toBe(
    `deploy@app1:22 accepts the key ${folder.fingerprint('rsa')} (ssh-rsa) only with SHA-1 signatures, which are not safe`,
  );
  expect(error).toMatchObject({ fault: 'user', verdict: 'refused' });
});

test('an empty key tells the usual reasons for an empty secret', async () => {
  await expect(readLogin({ privateKey: '', input: 'ssh-key' })).rejects.toMatchObject({
    message: 'There is no SSH key to log in with: ssh-key is empty, and there is no SSH agent',
    hint: expect.stringMatching(/pull request from a fork.*\n.*`environment:`/),
    verdict: 'refused',
  });
});

import { describe, expect, test } from '@jest/globals';
import { dockerLogin, registryLogin } from '../../../src/domain/images/registry-login';

const credentials = { username: 'ada', password: 'p' };

describe('credentials of the inputs', () => {
  test.each([
    ['another registry', ['ghcr.io/shop/app:1'], 'quay.io/x:1', undefined],
    ['Docker Hub, when the app is elsewhere', ['ghcr.io/shop/app:1'], 'node:24', undefined],
    ['the app’s own registry', ['ghcr.io/shop/app:1'], 'ghcr.io/other:1', 'ghcr.io'],
    ['a registry with a port', ['localhost:5000/a:1'], 'localhost:5000/b:1', 'localhost:5000'],
    [
      'Docker Hub, by its old name',
      ['shop/app:1'],
      'docker.io/library/redis:8',
      'https://index.docker.io/v1/',
    ],
    ['nothing released', [], 'ghcr.io/a:1', undefined],
  ])('%s', (_, released, image, serveraddress) => {
    const login = registryLogin(credentials, released, []);
    expect(login.given(image)?.serveraddress).toBe(serveraddress);
  });

  test('without credentials there are none', () => {
    expect(registryLogin(undefined, ['ghcr.io/a:1'], []).given('ghcr.io/a:1')).toBeUndefined();
  });

  test('as a docker configuration they are read back as they were, whatever is in them', () => {
    const password = 'pä:ss"\\ \n$(x)';
    const text = dockerLogin({ username: 'ada', password, serveraddress: 'ghcr.io' });
    const { auths } = JSON.parse(text) as { auths: Record<string, { auth: string }> };
    const auth = Buffer.from(auths['ghcr.io']?.auth ?? '', 'base64').toString();
    expect(auth).toBe(`ada:${password}`);
    expect(text).not.toContain('\n');
  });
});

describe('the server’s own login', () => {
  test.each([
    ['a registry that it is logged in to', ['auths', 'ghcr.io', 'auth'], 'ghcr.io/a:1', true],
    ['one that it is not logged in to', ['auths', 'ghcr.io', 'auth'], 'quay.io/a:1', false],
    ['Docker Hub', ['auths', 'https://index.docker.io/v1/'], 'node:24', true],
    [
      'an address with a path',
      ['https://registry.example.com/v2/'],
      'registry.example.com/a:1',
      true,
    ],
    ['a store of credentials, which answers for any', ['credsStore'], 'quay.io/a:1', true],
    ['no configuration', [], 'ghcr.io/a:1', false],
    ['a configuration that cannot be read', null, 'ghcr.io/a:1', true],
  ])('%s', (_, keys, image, own) => {
    expect(registryLogin(undefined, ['ghcr.io/a:1'], keys).own(image)).toBe(own);
  });

  test('credentials of the inputs go before it', () => {
    const login = registryLogin(credentials, ['ghcr.io/a:1'], ['ghcr.io', 'quay.io']);
    expect(login.own('ghcr.io/a:1')).toBe(false);
    expect(login.own('quay.io/a:1')).toBe(true);
  });
});

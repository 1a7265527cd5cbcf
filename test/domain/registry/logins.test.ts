import { describe, expect, test } from '@jest/globals';
import { readChallenge } from '../../../src/domain/registry/auth-challenge';
import { helperAnswer, storedLogin } from '../../../src/domain/registry/docker-config';
import { keepsSafe, registryOrigin } from '../../../src/domain/registry/registry-address';

describe('where a registry is', () => {
  test.each([
    ['docker.io', 'https://registry-1.docker.io'],
    ['registry.example.com', 'https://registry.example.com'],
    ['registry.example.com:5000', 'https://registry.example.com:5000'],
    ['127.0.0.1:5000', 'http://127.0.0.1:5000'],
    ['localhost:5000', 'http://localhost:5000'],
    ['[::1]:5000', 'http://[::1]:5000'],
    ['localhost.example.com', 'https://localhost.example.com'],
    ['127.0.0.1.example.com', 'https://127.0.0.1.example.com'],
  ])('%s is %s', (registry, origin) => {
    expect(registryOrigin(registry)).toBe(origin);
  });

  test.each([
    ['https://a.test', 'https://b.test', true],
    ['https://a.test', 'http://a.test', false],
    ['http://127.0.0.1:5000', 'http://127.0.0.1:5001', true],
    ['http://127.0.0.1:5000', 'https://a.test', true],
    ['https://a.test', 'ftp://a.test', false],
  ])('from %s to %s: %s', (from, to, safe) => {
    expect(keepsSafe(new URL(from), new URL(to))).toBe(safe);
  });
});

describe('a challenge', () => {
  const realm = 'https://auth.example.com/token';
  test.each([
    [
      `Bearer realm="${realm}",service="app",scope="x"`,
      { scheme: 'bearer', realm, service: 'app' },
    ],
    [`bearer realm=${realm}`, { scheme: 'bearer', realm, service: null }],
    [
      `Basic realm="a", Bearer service="app",realm="${realm}"`,
      { scheme: 'bearer', realm, service: 'app' },
    ],
    ['Basic realm="Registry, with a comma"', { scheme: 'basic' }],
    ['Basic', { scheme: 'basic' }],
    ['Bearer service="app"', null],
    ['Negotiate', null],
    ['', null],
  ])('%s', (header, expected) => {
    expect(readChallenge(header)).toEqual(expected);
  });
});

const auth = (login: string): string => Buffer.from(login).toString('base64');
const inFile = (username: string, password: string) => {
  return { in: 'file', credentials: { kind: 'password', username, password } };
};

describe('the login in a docker configuration', () => {
  test.each<[string, object, string, unknown]>([
    [
      'of the registry',
      { auths: { 'ghcr.io': { auth: auth('octo:p:w') } } },
      'ghcr.io',
      inFile('octo', 'p:w'),
    ],
    [
      'by the address of an API, as old ones have it',
      { auths: { 'https://registry.example.com/v1/': { auth: auth('octo:secret') } } },
      'registry.example.com',
      inFile('octo', 'secret'),
    ],
    [
      'of Docker Hub',
      { auths: { 'https://index.docker.io/v1/': { auth: auth('octo:secret') } } },
      'docker.io',
      inFile('octo', 'secret'),
    ],
    [
      'in clear',
      { auths: { 'ghcr.io': { username: 'octo', password: 's' } } },
      'ghcr.io',
      inFile('octo', 's'),
    ],
    [
      'of another registry',
      { auths: { 'ghcr.io': { auth: auth('octo:s') } } },
      'ghcr.io:443',
      { in: 'nowhere' },
    ],
    ['that is broken', { auths: { 'ghcr.io': { auth: '%' } } }, 'ghcr.io', { in: 'nowhere' }],
    [
      'as an identity token',
      { auths: { 'ghcr.io': { auth: auth('octo:x'), identitytoken: 'it' } } },
      'ghcr.io',
      { in: 'file', credentials: { kind: 'identity', token: 'it' } },
    ],
    [
      "as a registry's own token",
      { auths: { 'ghcr.io': { registrytoken: 'rt' } } },
      'ghcr.io',
      { in: 'file', credentials: { kind: 'token', token: 'rt' } },
    ],
    [
      'by a helper for it, before all else',
      {
        auths: { 'ghcr.io': { auth: auth('octo:s') } },
        credsStore: 'all',
        credHelpers: { 'ghcr.io': 'one' },
      },
      'ghcr.io',
      { in: 'helper', helper: 'one', server: 'ghcr.io' },
    ],
    [
      'by a store',
      { credsStore: 'all', auths: { 'https://index.docker.io/v1/': {} } },
      'docker.io',
      { in: 'helper', helper: 'all', server: 'https://index.docker.io/v1/' },
    ],
    ['that nobody made', {}, 'ghcr.io', { in: 'nowhere' }],
  ])('%s', (_what, config, registry, expected) => {
    expect(storedLogin(JSON.stringify(config), registry)).toEqual(expected);
  });

  test.each(['', '[]', '{"auths":[]}', 'no json'])('%s is none', (text) => {
    expect(storedLogin(text, 'ghcr.io')).toBeNull();
  });

  test('a helper answers with a password, or an identity token', () => {
    const answer = (Username: string) => JSON.stringify({ ServerURL: 'x', Username, Secret: 's' });
    expect(helperAnswer(answer('octo'))).toEqual({
      kind: 'password',
      username: 'octo',
      password: 's',
    });
    expect(helperAnswer(answer('<token>'))).toEqual({ kind: 'identity', token: 's' });
    expect(helperAnswer('credentials not found in native keychain')).toBeNull();
  });
});

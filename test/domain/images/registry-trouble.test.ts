import { expect, test } from '@jest/globals';
import { explainTrouble, registryTrouble } from '../../../src/domain/images/registry-trouble';

// What real engines (20.10, 26.1) and registries said.
test.each([
  ['Docker refused /distribution/x: unauthorized: authentication required (status 401)', 'refused'],
  ['Head "https://registry.example.com/v2/a/manifests/1": denied: denied', 'refused'],
  ['pull access denied for a, repository does not exist or may require docker login', 'refused'],
  ['Get "http://127.0.0.1:5001/v2/": no basic auth credentials', 'refused'],
  ['manifest unknown: manifest unknown (status 404)', 'missing'],
  ['manifest for a:1 not found', 'missing'],
  ['toomanyrequests: You have reached your unauthenticated pull rate limit', 'rate-limit'],
  ['received unexpected HTTP status: 429 Too Many Requests', 'rate-limit'],
  ['received unexpected HTTP status: 503 Service Unavailable', 'broken'],
  ['Get "https://r/v2/": dial tcp 10.0.0.1:443: connect: connection refused', 'unreachable'],
  ['dial tcp: lookup registry.example.com: no such host', 'unreachable'],
  ['net/http: request canceled while waiting (Client.Timeout exceeded)', 'unreachable'],
  ['The Docker engine did not answer GET /distribution within 25 s', 'unreachable'],
  ['tls: failed to verify certificate: x509: unknown authority', 'certificate'],
  ['http: server gave HTTP response to HTTPS client', 'plain-http'],
  ['write /var/lib/docker/tmp/x: no space left on device', 'full-disk'],
  ['the moon is full', 'unknown'],
])('%s', (said, trouble) => {
  expect(registryTrouble(said)).toBe(trouble);
});

const login = { registry: 'ghcr.io', username: null, own: false };

test.each([
  ['no login', login, /ghcr\.io does not give it without a login/, /or run docker login ghcr\.io/],
  [
    'the server’s own',
    { ...login, own: true },
    /own docker login at ghcr\.io/,
    /registry-username/,
  ],
  [
    'that of the inputs',
    { ...login, username: 'ada' },
    /does not let ada read it/,
    /token has expired/,
  ],
])('a refusal names whose login it was: %s', (_, used, says, fix) => {
  const explained = explainTrouble('ghcr.io/a:1', 'denied.', used);
  expect(explained.says).toMatch(says);
  expect(explained.says).toMatch(/^ghcr\.io\/a:1 was refused.*: denied$/);
  expect(explained.fix).toMatch(fix);
});

test('every other trouble names the registry where its name helps', () => {
  const { says, fix } = explainTrouble('ghcr.io/a:1', 'connection refused', login);
  expect(says).toBe(
    'ghcr.io/a:1 was not found, because the server does not reach its registry: connection refused',
  );
  expect(fix).toContain('curl -sI https:');
});

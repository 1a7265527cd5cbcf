import { expect, test } from '@jest/globals';
import { siteUrl, urlAmong } from '../../../src/domain/proxy/site';

const site = (host: string | null) => ({ host, path: '/', strip: false });

test.each([
  [null, 'public', 'http://localhost/'],
  ['a.test', 'off', 'http://a.test/'],
  ['a.test', 'internal', 'https://a.test/'],
  ['a.test', 'public', 'https://a.test/'],
] as const)('visitors find %s with TLS %s at %s', (host, tls, url) => {
  expect(siteUrl(host, tls)).toBe(url);
});

test.each([
  ['is kept where a site has its host', [site('b.test'), site('a.test')], 'https://a.test/up'],
  ['is kept where a site has any host', [site(null)], 'https://a.test/up'],
  ['is kept where there is no site', [], 'https://a.test/up'],
  ['gives way to the first site', [site('b.test'), site('c.test')], 'https://b.test/'],
])('a URL %s', (_, sites, url) => {
  expect(urlAmong(sites, 'https://a.test/up', 'public')).toBe(url);
});

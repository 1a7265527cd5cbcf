import { describe, expect, test } from '@jest/globals';
import {
  hostsIn,
  managedSites,
  sameSites,
  type SitesRequest,
} from '../../../src/domain/proxy/managed-caddy';

const site = { host: 'shop.test', path: '/', strip: false, service: 'web', address: 'blue:8000' };
const request: SitesRequest = {
  ...{ app: 'shop', environment: 'production', token: 'c0ffee', dir: '/etc/caddy' },
  ...{ tls: 'public', email: null },
  slots: { blue: [site], green: [site] },
};
const heads = (changes: Partial<SitesRequest>) =>
  managedSites({ ...request, ...changes })
    .split('\n')
    .filter((line) => /^(?:http|\ttls)/.test(line))
    .map((line) => line.trim());

describe('certificates', () => {
  test.each([
    ['a public authority', {}, ['https://shop.test {']],
    [
      'with an address to write to',
      { email: 'ops@shop.test' },
      ['https://shop.test {', 'tls ops@shop.test'],
    ],
    ['its own authority', { tls: 'internal' as const }, ['https://shop.test {', 'tls internal']],
    ['none', { tls: 'off' as const }, ['http://shop.test {']],
  ])('%s', (_, changes, expected) => expect(heads(changes)).toEqual(expected));

  test('any host has none: there is no name to prove', () => {
    const any = [{ ...site, host: null }];
    expect(heads({ slots: { blue: any, green: any } })).toEqual(['http:// {']);
  });
});

test('every host of either slot is a site', () => {
  const green = [site, { ...site, host: 'www.shop.test' }];
  expect(heads({ slots: { blue: [site], green } })).toEqual([
    'https://shop.test {',
    'https://www.shop.test {',
  ]);
});

test('two services may not want the same requests', () => {
  const sites = [
    site,
    { ...site, service: 'api', path: '/api' },
    { ...site, service: 'old', path: '/api/' },
  ];
  expect(sameSites(sites)).toEqual([
    { service: 'old', says: 'wants the same requests as api: host shop.test, path /api/' },
  ]);
});

test('the hosts of a file are read back', () => {
  const any = { ...site, host: null, path: '/docs' };
  const text = managedSites({ ...request, slots: { blue: [site, any], green: [site] } });
  expect(hostsIn(text)).toEqual(['shop.test', null]);
});

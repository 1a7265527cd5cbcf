import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import http from 'node:http';
import {
  managedCaddyfile,
  managedSites,
  type SitesRequest,
} from '../../../src/domain/proxy/managed-caddy';
import { pushManagedCaddy } from '../../support/caddy-image';
import { startEnvironment } from '../../support/environment';
import { buildSampleImages } from '../../support/sample-app';
import { ProxyStand } from './proxy-stand';

const place = { host: 'shop.test', path: '/', strip: false };
const to = (slot: string, service: string, changes: object = {}) => ({
  ...{ ...place, service, address: `${slot}-${service}:8000` },
  ...changes,
});
const shop: SitesRequest = {
  ...{ app: 'shop', environment: 'production', token: 'c0ffee', dir: '/etc/caddy' },
  ...{ tls: 'off', email: null },
  slots: {
    blue: [to('shop-production-blue', 'web')],
    green: [
      to('shop-production-green', 'web'),
      to('shop-production-green', 'api', { path: '/api/', strip: true }),
      to('shop-production-green', 'next', { path: '/api/v2' }),
      to('shop-production-green', 'api', { host: 'www.shop.test' }),
    ],
  },
};
const docs = to('shop-staging-blue', 'web', { host: null, path: '/docs' });
const staging: SitesRequest = {
  ...{ ...shop, environment: 'staging', token: 'beef' },
  slots: { blue: [docs], green: [docs] },
};
const names = [
  'shop-production-blue-web',
  ...['web', 'api', 'next'].map((service) => `shop-production-green-${service}`),
  'shop-staging-blue-web',
];

let stand: ProxyStand;

beforeAll(async () => {
  const environment = await startEnvironment();
  await buildSampleImages({ versions: {} });
  const image = await pushManagedCaddy(environment);
  stand = await ProxyStand.start('managed', { image, folders: { etc: '/etc/caddy' } }, names);
  await stand.write('etc/Caddyfile', managedCaddyfile('/etc/caddy'));
  for (const request of [shop, staging]) {
    await stand.write(`etc/${request.app}-${request.environment}.caddy`, managedSites(request));
  }
  await stand.write('etc/shop-staging/managed', '');
  await stand.startFront();
});
afterAll(() => stand.stop());

/** Status and, where a server answered, whose it is. */
const get = (host: string, path: string): Promise<string> =>
  new Promise((resolve, reject) => {
    http
      .get(stand.origin + path, { headers: { host }, agent: false }, (response) => {
        let body = '';
        response.on('data', (chunk: Buffer) => (body += chunk.toString()));
        response.on('end', () => {
          const version = /"version":"([^"]*)"/.exec(body)?.[1];
          resolve(version ?? `${response.statusCode ?? 0} ${body}`);
        });
      })
      .on('error', reject);
  });
const mark = async (present: readonly string[]): Promise<void> => {
  for (const name of ['managed', 'green']) {
    const path = `etc/shop-production/${name}`;
    await (present.includes(name) ? stand.write(path, '') : stand.remove(path));
  }
};

test('Caddy finds nothing to complain of', async () => {
  const argv = ['caddy', 'validate', '--config', '/etc/caddy/Caddyfile', '--adapter', 'caddyfile'];
  const { code, stderr } = await stand.exec(...argv);
  expect([code, stderr]).toEqual([0, expect.not.stringContaining('not formatted')]);
});

describe('each slot has the routes of its own release', () => {
  test.each([
    ['blue', ['managed'], 'shop.test', '/', 'shop-production-blue-web'],
    ['blue has no /api', ['managed'], 'shop.test', '/api/', 'shop-production-blue-web'],
    ['blue has no www', ['managed'], 'www.shop.test', '/', '404 Not found'],
    ['green', ['managed', 'green'], 'shop.test', '/', 'shop-production-green-web'],
    ['a path', ['managed', 'green'], 'shop.test', '/api', 'shop-production-green-api'],
    ['below a path', ['managed', 'green'], 'shop.test', '/api/x?y', 'shop-production-green-api'],
    [
      'the longest path',
      ['managed', 'green'],
      'shop.test',
      '/api/v2/x',
      'shop-production-green-next',
    ],
    [
      'only begins like a path',
      ['managed', 'green'],
      'shop.test',
      '/apis',
      'shop-production-green-web',
    ],
    ['another host', ['managed', 'green'], 'www.shop.test', '/', 'shop-production-green-api'],
    ['before the first release', [], 'shop.test', '/', '503 Nothing is released here yet'],
    ['any host, of another environment', [], 'else.test', '/docs', 'shop-staging-blue-web'],
    ['a path that nobody has', [], 'else.test', '/', '404 Not found'],
  ])('%s', async (_, present, host, path, expected) => {
    await mark(present);
    expect(await get(host, path)).toBe(expected);
  });
});

import { describe, expect, test } from '@jest/globals';
import { loadConfig } from '../../src/config/load';
import { refusalOf } from '../support/refusal-of';

const load = (parts: object) => {
  const base = { app: 'shop', environments: { production: { hosts: 'deploy@shop.test' } } };
  return loadConfig(JSON.stringify({ ...base, ...parts }), { file: 'shiplock.yml' });
};
const route = { host: 'shop.test' };
const release = { web: { port: 80, route }, worker: {} };

describe('without a proxy the managed one is meant', () => {
  test('with an image by digest, a public authority, and its first site to ask', () => {
    const { proxy, sites } = load({ release });
    expect(proxy).toMatchObject({
      kind: 'managed',
      service: null,
      confirmUrl: 'https://shop.test/',
    });
    expect(proxy.managed.image).toMatch(/^caddy:2.10.2-alpine@sha256:[0-9a-f]{64}$/);
    expect(proxy.managed).toMatchObject({ tls: 'public', email: null });
    expect(sites).toEqual({ web: [{ host: 'shop.test', path: '/', strip: false }] });
  });

  test.each([
    ['plain HTTP', { proxy: { tls: 'off' }, release }, 'http://shop.test/'],
    ['any host', { release: { web: { port: 80, route: {} } } }, 'http://localhost/'],
    ['a check', { release, verify: [{ url: 'https://shop.test/up' }] }, 'https://shop.test/up'],
    ['a URL for it', { release, proxy: { confirm: 'https://shop.test/x' } }, 'https://shop.test/x'],
  ])('%s says where it is asked', (_, parts, url) => {
    expect(load(parts).proxy.confirmUrl).toBe(url);
  });

  test('several hosts are a site each', () => {
    const web = {
      port: 80,
      route: { host: ['shop.test', 'www.shop.test'], path: '/a', strip: true },
    };
    expect(load({ release: { web } }).sites['web']).toEqual([
      { host: 'shop.test', path: '/a', strip: true },
      { host: 'www.shop.test', path: '/a', strip: true },
    ]);
  });
});

test("a team's own Caddy has its folder, its service and its Caddyfile", () => {
  const proxy = {
    kind: 'caddy',
    service: 'front',
    'config-dir': 'caddy',
    confirm: 'https://x.test/',
  };
  expect(load({ release: { web: { port: 80 } }, proxy }).proxy).toMatchObject({
    ...{ kind: 'caddy', service: 'front', configDir: 'caddy' },
    caddyfile: '/etc/caddy/Caddyfile',
  });
});

describe('refused', () => {
  const own = {
    kind: 'caddy',
    service: 'front',
    'config-dir': 'caddy',
    confirm: 'https://x.test/',
  };
  test.each([
    ['a port without a route', { release: { web: { port: 80 } } }, 'release.web.route: is missing'],
    ['a route without a port', { release: { web: { route } } }, 'release.web.port: is missing'],
    [
      'a route for another proxy',
      { release, proxy: own },
      'release.web.route: is for the managed proxy',
    ],
    [
      'the same requests twice',
      { release: { web: { port: 80, route }, api: { port: 81, route } } },
      'release.api.route: wants the same requests as web',
    ],
    [
      'a host with a scheme',
      { release: { web: { port: 80, route: { host: 'https://a.test' } } } },
      'host name',
    ],
    [
      'a path that Caddy would read',
      { release: { web: { port: 80, route: { path: '/{x}' } } } },
      'a path that starts',
    ],
    [
      "another kind's service",
      { release, proxy: { service: 'web' } },
      'proxy.service: means nothing to the proxy managed',
    ],
    [
      "another kind's image",
      { release: {}, proxy: { ...own, image: 'caddy' } },
      'proxy.image: means nothing to the proxy caddy',
    ],
    [
      'Caddy without a service',
      { release: {}, proxy: { ...own, service: undefined } },
      'proxy.service: is missing',
    ],
    [
      'Caddy without a folder',
      { release: {}, proxy: { ...own, 'config-dir': undefined } },
      'proxy.config-dir: is missing',
    ],
    [
      'a relative folder of nginx on the host',
      { release: {}, proxy: { ...own, kind: 'nginx', service: undefined } },
      'proxy.config-dir: is relative, but the proxy runs on the host itself',
    ],
    [
      'a relative folder of a proxy of another project',
      { release: {}, proxy: { ...own, project: 'edge' } },
      'proxy.config-dir: is relative, but the proxy is of another project',
    ],
    [
      'a project without a service',
      { release: {}, proxy: { ...own, kind: 'nginx', service: undefined, project: 'edge' } },
      'proxy.project: says nothing without a service',
    ],
    [
      'a check of another host',
      { release, verify: [{ url: 'https://b.test/' }] },
      'verify[0].url: b.test is the host of no route. Fix: use one of shop.test',
    ],
    [
      'a check by HTTP',
      { release, verify: [{ url: 'http://shop.test/' }] },
      'the managed proxy serves shop.test over https',
    ],
    [
      'a check by HTTPS',
      { release, proxy: { tls: 'off', confirm: 'https://shop.test/' } },
      'proxy.confirm: the managed proxy serves shop.test over http.',
    ],
  ])('%s', (_, parts, says) => {
    expect(refusalOf(() => load(parts)).replace(/ \(line 1\)/g, '')).toContain(says);
  });
});

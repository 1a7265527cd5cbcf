import { describe, expect, test } from '@jest/globals';
import type { ConfigOverrides } from '../../src/config/config';
import { loadConfig } from '../../src/config/load';
import { defaultProxyImage } from '../../src/domain/proxy/managed-container';
import { refusalOf } from '../support/refusal-of';

const whole = `app: bookreader
compose: [docker-compose.yml, docker-compose.production.yml]
directory: /srv/bookreader
release:
  backend:  { port: 8000, health: { path: /api/health, json: { status: healthy, database: connected } } }
  frontend: { port: 3000 }
  celery-worker: { stop-grace: 60s, health: { command: 'celery inspect ping -d celery@$HOSTNAME' } }
proxy: { kind: nginx, service: nginx, config-dir: nginx/shiplock }
migrate: { service: backend, command: alembic upgrade head, version: [alembic, current], timeout: 5m }
verify:
  - { url: https://bookreader.example.com/api/health, json: { status: healthy }, deadline: 1m30s }
bake: 2m
environments:
  staging:
    hosts: deploy@staging.example.com
    bake: 10s
    release: { backend: { port: 9000 }, frontend: { health: { path: / } } }
    proxy: { config-dir: proxy }
  production:
    hosts: [deploy@app1.example.com, 'deploy@[2001:db8::1]:2222', app2.example.com]
    proxy-jump: ops@bastion.example.com:2222
`;

const load = (text: string, environment?: string, overrides?: ConfigOverrides) =>
  loadConfig(text, { file: 'shiplock.yml', environment, overrides });
const refused = (text: string, environment = 'production', overrides?: ConfigOverrides) =>
  refusalOf(() => load(text, environment, overrides));

const minimal = `app: shop
release: { web: { port: 80 } }
proxy: { kind: nginx, service: nginx, config-dir: conf, confirm: 'https://shop.example.com/' }
environments: { production: { hosts: shop.example.com } }
`;
const changed = (from: string, to: string): string => {
  expect(minimal).toContain(from);
  return minimal.replace(from, to);
};

describe('one problem', () => {
  test.each([
    [
      'release: { web: { port: 80 } }',
      'release: { web: { prot: 80 } }',
      'release.web.prot (line 2): is an unknown key. Fix: write "port" instead.',
    ],
    [
      'app: shop',
      'app: shop\nverfy: []',
      'verfy (line 2): is an unknown key. Fix: write "verify" instead.',
    ],
    ['app: shop', 'app: shop\nkeep_old: running', 'write "keep-old" instead'],
    ['app: shop', 'app: shop\nxyzzy: 1', 'use one of: app, compose, files, directory'],
    [
      '{ port: 80 }',
      '{ port: 80, health: { path: /, intervall: 1s } }',
      'release.web.health.intervall (line 2): is an unknown key. Fix: write "interval" instead.',
    ],
    [
      'hosts: shop.example.com',
      'hosts: shop.example.com, bakes: 1m',
      'environments.production.bakes (line 4): is an unknown key. Fix: write "bake" instead.',
    ],
    [
      'app: shop',
      'app: shop\nwaves: []',
      'waves (line 2): is not supported yet. Fix: leave it out.',
    ],
    [
      'hosts: shop.example.com',
      'hosts: shop.example.com, waves: [1]',
      'environments.production.waves (line 4): is not supported yet',
    ],
    [
      '{ port: 80 }',
      '{ port: 80, overlap: false }',
      'release.web.overlap (line 2): is false for a service with a port: no request could be answered in between. Fix: leave it out',
    ],
    [
      'app: shop',
      'app: Shop',
      'app (line 1): "Shop" does not fit: expected lower-case letters, digits and hyphens inside. Fix: Name of the app on its hosts.',
    ],
    ['app: shop', 'app: shop-', 'app (line 1): "shop-" does not fit'],
    ['app: shop', `app: ${'a'.repeat(31)}`, 'expected at most 30 characters'],
    ['app: shop', 'app: 7', 'app (line 1): is 7, expected a text. Fix: put it in quotes: "7"'],
    ['app: shop\n', '', 'app: is missing. Fix: add it: Name of the app on its hosts.'],
    [
      'port: 80',
      "port: '80'",
      'release.web.port (line 2): is "80", expected a number. Fix: write it without quotes: 80.',
    ],
    ['port: 80', 'port: 70000', 'release.web.port (line 2): 70000 does not fit'],
    [
      'app: shop',
      'app: shop\nbake: 120',
      'bake (line 2): is 120, expected a text. Fix: write it with its unit: 120s.',
    ],
    ['app: shop', 'app: shop\nbake: 2 minutes', 'Write a whole number with a unit'],
    ['app: shop', 'app: shop\nretain: -1', 'retain (line 2): -1 does not fit'],
    ['kind: nginx, ', 'kind: traefik, ', 'proxy.kind (line 3): "traefik" does not fit'],
    ['config-dir: conf, ', '', 'proxy.config-dir'],
    [
      ", confirm: 'https://shop.example.com/'",
      '',
      'proxy.confirm (line 3): is missing, and there is no verify whose url could serve',
    ],
    ["'https://shop.example.com/'", 'shop.example.com', 'expected an http:// or https:// URL'],
    ["'https://shop.example.com/'", "'https://[::'", 'is no URL'],
    ['{ port: 80 }', '{ port: 80, health: { path: up } }', 'expected a path that starts with /'],
    [
      '{ port: 80 }',
      '{ port: 80, health: { path: /, command: ls } }',
      'release.web.health (line 2): has both path and command',
    ],
    [
      '{ port: 80 }',
      '{ port: 80, health: { status: 204 } }',
      'release.web.health.status (line 2): says something about an HTTP probe, but there is no path',
    ],
    [
      '{ port: 80 }',
      '{ port: 80, health: { interval: 0s } }',
      'release.web.health.interval (line 2): is no time at all',
    ],
    [
      '{ port: 80 }',
      '{ port: 80, health: { successes: 9, deadline: 8s } }',
      'release.web.health.deadline (line 2): is over before 9 passes in a row can be seen',
    ],
    [
      'web: { port: 80 }',
      'web: { port: 80 }, job: { health: { path: / } }',
      'release.job.health.port',
    ],
    [
      '{ port: 80 }',
      '{ port: 80, health: { settle: 9s } }',
      'release.web.health.settle (line 2): is for a worker without any other check',
    ],
    [
      'web: { port: 80 }',
      'web: { port: 80 }, job: { health: { command: ls, settle: 9s } }',
      'release.job.health.settle (line 2): is for a worker without any other check',
    ],
    [
      'web: { port: 80 }',
      'web: { port: 80 }, job: { health: { settle: 9s, deadline: 9s } }',
      'release.job.health.settle (line 2): is longer than deadline',
    ],
    ['web: { port: 80 }', 'web:', 'release (line 2): routes to no service: none has a port'],
    ['{ web: { port: 80 } }', '{}', 'release (line 2): names no service'],
    ['web: { port: 80 }', 'nginx: { port: 80 }', 'release.nginx (line 2): is the proxy'],
    ['web:', '"../web":', 'release.../web'],
    ['hosts: shop.example.com', 'hosts: []', 'environments.production.hosts (line 4)'],
    [
      '{ hosts: shop.example.com }',
      '{}',
      'environments.production.hosts (line 4): names no server',
    ],
    [
      'hosts: shop.example.com',
      'hosts: a, proxy-jump: bastion',
      'environments.production.proxy-jump (line 4): "bastion" names a jump host without its user',
    ],
    [
      'hosts: shop.example.com',
      "hosts: [a, 'b c', a]",
      'environments.production.hosts[1] (line 4): "b c" is no server',
    ],
    [
      'app: shop',
      'app: shop\nverify: [{ url: "http://x/", failures: 0 }]',
      'verify[0].failures (line 2): 0 does not fit',
    ],
    ['app: shop', 'app: shop\nmigrate: { service: web }', 'migrate.command'],
    [
      'app: shop',
      'app: shop\ndirectory: srv',
      'directory (line 2): "srv" does not fit: expected an absolute path on the host',
    ],
  ])('%s becomes %s', (from, to, message) => {
    const text = refused(changed(from, to));
    expect(text).toContain(message);
    expect(text).toMatch(/ {2}- .* Fix: .*\.\n/);
  });

  test.each([
    ['app: shop\n\tapp: 1', 'line 2'],
    ['app: a\napp: b', 'Map keys must be unique'],
    ['app: &a [*a]', 'app'],
    [
      'a: &a [x,x,x]\nb: &b [*a,*a,*a,*a,*a,*a]\nc: &c [*b,*b,*b,*b,*b,*b]\nd: [*c,*c,*c,*c,*c]',
      'write the values out',
    ],
    ['', 'app: is missing'],
    ['- a', 'expected a map'],
    ['%YAML 9.9\n---\na: [', 'line 3'],
  ])('YAML %j', (text, message) => expect(refused(text)).toContain(message));
});

test('all problems come at once', () => {
  const text = refused(`app: Shop
relaese: {}
proxy: { kind: nginx, service: nginx, config-dir: 5 }
bake: soon
`);
  expect(text).toContain('shiplock.yml: 5 problems');
  for (const path of [
    'app (line 1)',
    'relaese (line 2)',
    'release',
    'proxy.config-dir',
    'bake (line 4)',
  ]) {
    expect(text).toContain(`  - ${path}`);
  }
  expect(text).toContain('Nothing was touched');
});

describe('the environment', () => {
  test.each([
    [
      undefined,
      'which of the environments staging, production is meant. Fix: set it to one of: staging, production',
    ],
    [
      'prodution',
      '"prodution" is not defined. Fix: did you mean "production"? There is: staging, production',
    ],
    ['qa', '"qa" is not defined. Fix: use one of: staging, production'],
    ['constructor', '"constructor" is not defined'],
  ])('%s is refused', (name, message) => {
    expect(refusalOf(() => load(whole, name))).toContain(message);
  });

  test('a name is refused together with the problems of the file', () => {
    const text = refused(whole.replace('port: 8000', 'prot: 8000'), 'qa');
    expect(text).toContain('2 problems');
  });

  test('a name that no host could carry is refused where the file defines none', () => {
    const text = refused(minimal.replace(/environments.*/, ''), 'Pro duction');
    expect(text).toContain('"Pro duction" is no name');
  });

  test('the only one needs no name, and a file without any means production', () => {
    expect(load(minimal).environment).toBe('production');
    const bare = load(minimal.replace(/environments.*/, ''), undefined, { hosts: ['a'] });
    expect([bare.environment, bare.hosts]).toEqual([
      'production',
      [{ user: null, host: 'a', port: null }],
    ]);
  });

  test('is laid over the top of the file: maps key by key, the rest as a whole', () => {
    const staging = load(whole, 'staging');
    expect(staging.bakeMs).toBe(10_000);
    expect(staging.proxy).toMatchObject({ service: 'nginx', configDir: 'proxy' });
    expect(staging.services.map(({ name, port }) => [name, port])).toEqual([
      ['backend', 9000],
      ['frontend', 3000],
      ['celery-worker', null],
    ]);
    expect(staging.services[1]?.health).toMatchObject({ kind: 'http', path: '/', port: 3000 });
  });
});

test('the whole file for production', () => {
  expect(load(whole, 'production')).toEqual({
    app: 'bookreader',
    environment: 'production',
    hosts: [
      { user: 'deploy', host: 'app1.example.com', port: null },
      { user: 'deploy', host: '2001:db8::1', port: 2222 },
      { user: null, host: 'app2.example.com', port: null },
    ],
    backup: [],
    proxyJump: [{ user: 'ops', host: 'bastion.example.com', port: 2222 }],
    compose: ['docker-compose.yml', 'docker-compose.production.yml'],
    files: [],
    directory: '/srv/bookreader',
    project: null,
    services: [
      {
        name: 'backend',
        port: 8000,
        stopGraceMs: null,
        health: {
          ...{ kind: 'http', port: 8000, path: '/api/health', status: 200 },
          json: { status: 'healthy', database: 'connected' },
          ...{ intervalMs: 1000, timeoutMs: 5000, successes: 2, deadlineMs: 120_000 },
        },
      },
      {
        name: 'frontend',
        port: 3000,
        stopGraceMs: null,
        health: {
          ...{ kind: 'default', settleMs: 5000 },
          ...{ intervalMs: 1000, timeoutMs: 5000, successes: 2, deadlineMs: 120_000 },
        },
      },
      {
        name: 'celery-worker',
        port: null,
        stopGraceMs: 60_000,
        health: {
          ...{ kind: 'command', command: 'celery inspect ping -d celery@$HOSTNAME' },
          ...{ intervalMs: 1000, timeoutMs: 5000, successes: 2, deadlineMs: 120_000 },
        },
      },
    ],
    proxy: {
      ...{ kind: 'nginx', service: 'nginx', configDir: 'nginx/shiplock' },
      ...{ project: null, sharedBlock: false, caddyfile: '/etc/caddy/Caddyfile' },
      managed: { image: defaultProxyImage, tls: 'public', email: null },
      confirmUrl: 'https://bookreader.example.com/api/health',
    },
    sites: {},
    migrate: {
      service: 'backend',
      command: ['/bin/sh', '-c', 'alembic upgrade head'],
      version: ['alembic', 'current'],
      timeoutMs: 300_000,
    },
    verify: [
      {
        ...{ url: 'https://bookreader.example.com/api/health', status: 200 },
        json: { status: 'healthy' },
        ...{ intervalMs: 1000, timeoutMs: 5000, successes: 3, failures: 3, deadlineMs: 90_000 },
      },
    ],
    ...{ bakeMs: 120_000, drainMs: 30_000, lingerMs: 30_000, keepOld: 'stopped', retain: 3 },
  });
});

describe('inputs', () => {
  test('win over the file, and an empty list of hosts counts as not given', () => {
    const config = load(whole, 'production', {
      ...{ hosts: [], bakeMs: 0, drainMs: 5, keepOld: 'running' },
    });
    expect(config.hosts).toHaveLength(3);
    expect([config.bakeMs, config.drainMs, config.keepOld]).toEqual([0, 5, 'running']);
  });

  test('name other jump hosts than the file, or none', () => {
    const jumpsOf = (proxyJump?: string) => load(whole, 'production', { proxyJump }).proxyJump;
    expect(jumpsOf('me@a,me@b').map(({ host }) => host)).toEqual(['a', 'b']);
    expect(jumpsOf('none')).toEqual([]);
    expect(jumpsOf()).toHaveLength(1);
    expect(load(whole, 'staging').proxyJump).toEqual([]);
  });

  test('are named in problems', () => {
    const jump = refused(minimal, 'production', { proxyJump: 'a b' });
    expect(jump).toContain('input proxy-jump: "a b" names no jump host');
    const text = refused(minimal, 'production', { hosts: ['a b'] });
    expect(text).toContain('input hosts[0]: "a b" is no server');
  });
});

test('merge keys and anchors are followed', () => {
  const text = minimal.replace(
    'release: { web: { port: 80 } }',
    'release:\n  web: &web { port: 80, stop-grace: 5s }\n  api: { <<: *web, port: 90 }',
  );
  expect(load(text).services).toMatchObject([
    { name: 'web', port: 80, stopGraceMs: 5000 },
    { name: 'api', port: 90, stopGraceMs: 5000 },
  ]);
});

test('a worker may forbid its overlap, and say how long it has to stay up', () => {
  const text = minimal.replace(
    'web: { port: 80 }',
    'web: { port: 80, overlap: true }, beat: { overlap: false, health: { settle: 12s } }',
  );
  const [web, beat] = load(text).services;
  expect(web).not.toHaveProperty('overlap');
  expect(beat).toMatchObject({ overlap: false, health: { kind: 'default', settleMs: 12_000 } });
});

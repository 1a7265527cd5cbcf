import { expect, test } from '@jest/globals';
import { typed } from '../../../src/operations/release/typed';
import { nginxDriver } from '../../../src/domain/proxy/nginx';
import { includeRequest } from '../../support/include-request';

const request = {
  ...includeRequest({ web: 8000 }),
  proxyService: 'nginx',
  hostDir: '/srv/shop/nginx/shiplock',
  ...{ project: 'harbour', directory: '/srv/shop', user: 'deploy', typed },
  mounts: [{ source: '/srv/shop/nginx/conf.d', destination: '/etc/nginx/conf.d' }],
};
const nginx = nginxDriver('container');
const inOrder = (text: string, parts: readonly string[]): void => {
  let from = 0;
  for (const part of parts) {
    const at = text.indexOf(part, from);
    expect([part, at >= from]).toEqual([part, true]);
    from = at + part.length;
  }
};

test('an unmounted folder: file, mount, lines, check and reload, each with the text to paste', () => {
  inOrder(nginx.adoption({ ...request, dir: null }), [
    'The shorter way: nginx sees /srv/shop/nginx/conf.d already',
    'config-dir: nginx/conf.d/shiplock',
    '1. On the server, as deploy, paste this.',
    "mkdir -p /srv/shop/nginx/shiplock\ncat > /srv/shop/nginx/shiplock/shop-production.conf <<'END'\n",
    'if (-f /etc/nginx/shiplock/shop-production/green)',
    '\nEND\n',
    '2. In the compose file, on the server and in the repository, mount the folder',
    '- ./nginx/shiplock:/etc/nginx/shiplock:ro',
    'cd /srv/shop && docker compose -p harbour up -d --no-deps nginx',
    '3. Write these lines',
    'include /etc/nginx/shiplock/shop-production.conf;',
    'proxy_pass http://$shiplock_web;',
    '4. Let nginx check them',
    'docker compose -p harbour exec -T nginx nginx -t && docker compose -p harbour exec -T nginx nginx -s reload',
  ]);
});

test('a mounted folder needs no mount, and is named as nginx sees it', () => {
  const steps = nginx.adoption({ ...request, dir: '/conf' });
  expect(steps).not.toMatch(/volumes:|shorter way/);
  inOrder(steps, [
    '1. ',
    '-f /conf/shop-production/green',
    '2. ',
    'include /conf/shop-production.conf;',
    '3. ',
    'nginx -t',
  ]);
});

test.each([
  ['a file', { source: '/srv/shop/nginx.conf', destination: '/etc/nginx/nginx.conf' }],
  ['a certificate', { source: '/srv/shop/tls.pem', destination: '/etc/nginx/tls/site.pem' }],
  ['a folder elsewhere', { source: '/srv/shop/html', destination: '/usr/share/nginx/html' }],
])('%s is no shorter way', (_, mount) => {
  expect(nginx.adoption({ ...request, mounts: [mount], dir: null })).not.toContain('shorter');
});

test('a block that several apps share takes its resolver from the team, and names that carry the app', () => {
  const steps = nginx.adoption({ ...request, dir: '/conf', sharedBlock: true });
  expect(steps).not.toContain('goes away');
  inOrder(steps, [
    'include /conf/shop-production.conf;',
    'resolver 127.0.0.11 valid=2s ipv6=off;',
    'proxy_pass http://$shiplock_shop_production_web;',
  ]);
});

test('nginx on the host is mounted nothing, and is called without Compose', () => {
  const hostDir = '/etc/nginx/shiplock';
  const at = { adopted: '127.0.0.1:8000', blue: '127.0.0.1:21000', green: '127.0.0.1:21001' };
  const routes = [{ service: 'web', at }];
  const asked = { ...request, routes, hostDir, dir: hostDir, proxyService: null };
  const steps = nginxDriver('host').adoption(asked);
  expect(steps).not.toMatch(/docker compose|127\.0\.0\.11 |volumes:|shorter way/);
  inOrder(steps, [
    'set $shiplock_web 127.0.0.1:21000;',
    'if ($shiplock_slot = green) { set $shiplock_web 127.0.0.1:21001; }',
    'if ($shiplock_slot = adopted) { set $shiplock_web 127.0.0.1:8000; }',
    'lead to the ports of the services',
    'sudo nginx -t && sudo nginx -s reload',
  ]);
});

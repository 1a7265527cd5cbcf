import { expect, test } from '@jest/globals';
import { typed } from '../../../src/operations/typed';
import { adoptionSteps } from '../../../src/domain/proxy/nginx-adoption';

const request = {
  ...{ app: 'shop', environment: 'production', token: 'c0ffee', proxyService: 'nginx' },
  routes: [{ service: 'web', port: 8000 }],
  hostDir: '/srv/shop/nginx/shiplock',
  ...{ project: 'harbour', directory: '/srv/shop', user: 'deploy', typed },
  mounts: [{ source: '/srv/shop/nginx/conf.d', destination: '/etc/nginx/conf.d' }],
};
const inOrder = (text: string, parts: readonly string[]): void => {
  let from = 0;
  for (const part of parts) {
    const at = text.indexOf(part, from);
    expect([part, at >= from]).toEqual([part, true]);
    from = at + part.length;
  }
};

test('an unmounted folder: file, mount, lines, check and reload, each with the text to paste', () => {
  inOrder(adoptionSteps({ ...request, containerDir: null }), [
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
  const steps = adoptionSteps({ ...request, containerDir: '/conf' });
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
  expect(adoptionSteps({ ...request, mounts: [mount], containerDir: null })).not.toContain(
    'shorter',
  );
});

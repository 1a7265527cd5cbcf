import { expect, test } from '@jest/globals';
import { adoptionSteps } from '../../../src/domain/proxy/nginx-adoption';

const request = {
  ...{ app: 'shop', environment: 'production', token: 'c0ffee', proxyService: 'nginx' },
  routes: [{ service: 'web', port: 8000 }],
  hostDir: '/srv/shop/nginx/shiplock',
};
const inOrder = (text: string, parts: readonly string[]): void => {
  let from = 0;
  for (const part of parts) {
    const at = text.indexOf(part, from);
    expect([part, at >= from]).toEqual([part, true]);
    from = at + part.length;
  }
};

test('an unmounted folder: file, mount, lines, check, reload, with the whole text to copy', () => {
  inOrder(adoptionSteps({ ...request, containerDir: null }), [
    '1. Make the folder /srv/shop/nginx/shiplock/shop-production and write this to /srv/shop/nginx/shiplock/shop-production.conf',
    'if (-f /etc/nginx/shiplock/shop-production/green)',
    '2. In the compose file mount the folder',
    '- /srv/shop/nginx/shiplock:/etc/nginx/shiplock:ro',
    '3. In the server block',
    'include /etc/nginx/shiplock/shop-production.conf;',
    'proxy_pass http://$shiplock_web;',
    '4. Let nginx check it: docker compose exec nginx nginx -t',
    '5. Reload it: docker compose exec nginx nginx -s reload',
  ]);
});

test('a mounted folder needs no mount, and is named as nginx sees it', () => {
  const steps = adoptionSteps({ ...request, containerDir: '/conf' });
  expect(steps).not.toContain('volumes:');
  inOrder(steps, [
    '1. ',
    '-f /conf/shop-production/green',
    '2. ',
    'include /conf/shop-production.conf;',
    '3. ',
    'nginx -t',
    '4. ',
  ]);
});

import { expect, test } from '@jest/globals';
import { caddyAdoptionSteps } from '../../../src/domain/proxy/caddy-adoption';

const request = {
  ...{ app: 'shop', environment: 'production', token: 'c0ffee', sharedBlock: false },
  routes: [{ service: 'web', at: { adopted: 'web:80', blue: 'blue:80', green: 'green:80' } }],
  ...{ project: 'shop', directory: '/srv/shop', proxyService: 'front', user: 'deploy' },
  ...{ mounts: [], hostDir: '/srv/shop/caddy/shiplock', dir: null },
  typed: (argv: readonly string[]) => argv.join(' '),
};
const options = ['--config', '/etc/caddy/Caddyfile', '--adapter', 'caddyfile'];
const titles = (text: string) => text.match(/^\d\. .*$/gm)?.map((line) => line.slice(0, 31));

test('the file, the mount, the lines, the reload: in the order that works', () => {
  const text = caddyAdoptionSteps(request, options);
  expect(titles(text)).toEqual([
    '1. On the server, as deploy, pa',
    '2. In the compose file, on the ',
    '3. Write these lines, the first',
    '4. Let Caddy check them, and re',
  ]);
  for (const line of [
    "cat > /srv/shop/caddy/shiplock/shop-production.caddy <<'END'",
    'handle /.well-known/shiplock-c0ffee {',
    '      - ./caddy/shiplock:/etc/caddy/shiplock:ro',
    'cd /srv/shop && docker compose -p shop up -d --no-deps front',
    'import /etc/caddy/shiplock/shop-production.caddy',
    'reverse_proxy {shiplock_web} {',
    '\tlb_try_duration 8s',
    'docker compose -p shop exec -T front caddy validate --config /etc/caddy/Caddyfile --adapter caddyfile && docker compose -p shop exec -T front caddy reload --config /etc/caddy/Caddyfile --adapter caddyfile',
  ]) {
    expect(text.split('\n')).toContain(line);
  }
});

test('a folder that is mounted needs no mount', () => {
  const text = caddyAdoptionSteps({ ...request, dir: '/srv/sites' }, options);
  expect(titles(text)).toHaveLength(3);
  expect(text).toContain('import /srv/sites/shop-production.caddy');
});

test('a folder of Caddy that is mounted already is the shorter way; a Caddyfile alone is to be changed in place', () => {
  const of = (source: string, destination: string) =>
    caddyAdoptionSteps({ ...request, mounts: [{ source, destination }] }, options);
  const folder = of('/srv/shop/caddy/conf', '/etc/caddy');
  expect(folder).toContain('Write config-dir: caddy/conf/shiplock under proxy');
  expect(folder).not.toContain('as a single file');
  const file = of('/srv/shop/Caddyfile', '/etc/caddy/Caddyfile');
  expect(file).not.toContain('shorter');
  expect(file).toContain('/srv/shop/Caddyfile is mounted as a single file: change it in place');
});

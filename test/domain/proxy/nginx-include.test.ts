import { expect, test } from '@jest/globals';
import { checkInclude, nginxInclude } from '../../../src/domain/proxy/nginx-include';

const request = {
  app: 'shop',
  environment: 'production',
  token: 'c0ffee',
  routes: [
    { service: 'web', port: 8000 },
    { service: 'event-stream.v2', port: 9000 },
  ],
  containerDir: '/etc/nginx/shiplock',
};

test('one look at the markers decides for every route', () => {
  expect(nginxInclude(request))
    .toBe(`# Written by Shiplock for shop, production; changes made here do not last.
resolver 127.0.0.11 valid=2s ipv6=off;
resolver_timeout 3s;
set $shiplock_slot blue;
if (-f /etc/nginx/shiplock/shop-production/green) { set $shiplock_slot green; }
# Without this marker the containers from before the first release serve.
if (!-f /etc/nginx/shiplock/shop-production/managed) { set $shiplock_slot adopted; }
set $shiplock_web shop-production-$shiplock_slot-web:8000;
if ($shiplock_slot = adopted) { set $shiplock_web web:8000; }
set $shiplock_event_stream_v2 shop-production-$shiplock_slot-event-stream.v2:9000;
if ($shiplock_slot = adopted) { set $shiplock_event_stream_v2 event-stream.v2:9000; }
location = /.well-known/shiplock-c0ffee {
  default_type application/json;
  add_header Cache-Control no-store;
  access_log off;
  alias /etc/nginx/shiplock/shop-production/$shiplock_slot.json;
}
`);
});

test.each([
  [['a-b', 'a.b'], 'its nginx variable $shiplock_a_b is that of a-b'],
  [['slot'], 'its nginx variable $shiplock_slot is that of the slot itself'],
])('%j cannot be told apart', (services, says) => {
  const routes = services.map((service) => ({ service, port: 80 }));
  expect(checkInclude({ ...request, routes })).toMatchObject([{ says, fix: 'rename the service' }]);
});

test.each(['relative', '/a b', '/a;b', '/$x', '/a{b', '/a"b'])(
  'folder %j is refused',
  (containerDir) => {
    expect(checkInclude({ ...request, containerDir })).toMatchObject([
      { path: 'proxy.config-dir' },
    ]);
  },
);

test('nothing is wrong with the usual', () => expect(checkInclude(request)).toEqual([]));

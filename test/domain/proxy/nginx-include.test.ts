import { describe, expect, test } from '@jest/globals';
import {
  checkInclude,
  nginxInclude,
  waitsForVariable,
} from '../../../src/domain/proxy/nginx-include';
import { includeRequest } from '../../support/include-request';

const request = includeRequest({ web: 8000, 'event-stream.v2': 9000 });

test('one look at the markers decides for every route', () => {
  expect(nginxInclude(request, 'container'))
    .toBe(`# Written by Shiplock for shop, production; changes made here do not last.
resolver 127.0.0.11 valid=2s ipv6=off;
resolver_timeout 8s;
set $shiplock_slot blue;
if (-f /etc/nginx/shiplock/shop-production/green) { set $shiplock_slot green; }
# Without this marker the containers from before the first release serve.
if (!-f /etc/nginx/shiplock/shop-production/managed) { set $shiplock_slot adopted; }
set $shiplock_web shop-production-blue-web:8000;
if ($shiplock_slot = green) { set $shiplock_web shop-production-green-web:8000; }
if ($shiplock_slot = adopted) { set $shiplock_web web:8000; }
set $shiplock_event_stream_v2 shop-production-blue-event-stream.v2:9000;
if ($shiplock_slot = green) { set $shiplock_event_stream_v2 shop-production-green-event-stream.v2:9000; }
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
  const ports = Object.fromEntries(services.map((service) => [service, 80]));
  expect(checkInclude(includeRequest(ports))).toMatchObject([{ says, fix: 'rename the service' }]);
});

test.each(['relative', '/a b', '/a;b', '/$x', '/a{b', '/a"b'])('folder %j is refused', (dir) => {
  expect(checkInclude({ ...request, dir })).toMatchObject([{ path: 'proxy.config-dir' }]);
});

test('nothing is wrong with the usual', () => expect(checkInclude(request)).toEqual([]));

test('in a block that several apps share every variable carries app and environment, and nothing stands twice', () => {
  const shared = nginxInclude({ ...request, sharedBlock: true }, 'container');
  expect(shared).not.toContain('resolver');
  const variables = new Set([...shared.matchAll(/\$\w+/g)].map(([variable]) => variable));
  expect([...variables]).toEqual([
    '$shiplock_shop_production_slot',
    '$shiplock_shop_production_web',
    '$shiplock_shop_production_event_stream_v2',
  ]);
});

test('on the host there is no name to look up', () => {
  expect(nginxInclude(request, 'host')).not.toContain('127.0.0.11');
});

describe('a location that names a new route waits for the include that knows it', () => {
  const said = 'nginx: [emerg] unknown "shiplock_web" variable';
  test.each<[string, boolean, string, string]>([
    ['the next one knows it', true, said, 'set $shiplock_api x;'],
    ['the one that is there knows it, and is not included', false, said, 'set $shiplock_web x;'],
    ['no release has it', false, 'unknown "shiplock_other" variable', ''],
    ['a variable of the team', false, 'unknown "web" variable', ''],
    ['another mistake', false, '[emerg] unknown directive "shiplock_web"', ''],
  ])('%s', (_, waits, text, written) => {
    expect(waitsForVariable(text, written, request)).toBe(waits);
  });
});

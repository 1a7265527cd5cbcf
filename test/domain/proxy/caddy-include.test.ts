import { expect, test } from '@jest/globals';
import { checkCaddyInclude, caddyInclude } from '../../../src/domain/proxy/caddy-include';

const route = (service: string, port = 8000) => ({
  service,
  at: {
    adopted: `${service}:${port}`,
    blue: `shop-production-blue-${service}:${port}`,
    green: `shop-production-green-${service}:${port + 1}`,
  },
});
const request = {
  ...{ app: 'shop', environment: 'production', token: 'c0ffee', sharedBlock: false },
  routes: [route('web'), route('event-stream.v2', 9000)],
  dir: '/etc/caddy/shiplock',
};

test('one look at each marker decides for every route; a slot may have ports of its own', () => {
  expect(caddyInclude(request))
    .toBe(`# Written by Shiplock for shop, production; changes made here do not last.
@shiplock_green file {
	root /etc/caddy/shiplock/shop-production
	try_files /green
}
# Without this marker the containers from before the first release serve.
@shiplock_adopted not file {
	root /etc/caddy/shiplock/shop-production
	try_files /managed
}
vars shiplock_colour blue
vars @shiplock_green shiplock_colour green
vars @shiplock_adopted shiplock_before adopted-
map {vars.shiplock_before}{vars.shiplock_colour} {shiplock_slot} {shiplock_web} {shiplock_event_stream_v2} {
	blue blue shop-production-blue-web:8000 shop-production-blue-event-stream.v2:9000
	green green shop-production-green-web:8001 shop-production-green-event-stream.v2:9001
	default adopted web:8000 event-stream.v2:9000
}
handle /.well-known/shiplock-c0ffee {
	root * /etc/caddy/shiplock/shop-production
	rewrite * /{shiplock_slot}.json
	header Cache-Control no-store
	file_server
}
`);
});

test.each([
  [['a-b', 'a.b'], 'its Caddy placeholder {shiplock_a_b} is that of a-b'],
  [['slot'], 'its Caddy placeholder {shiplock_slot} is that of the slot itself'],
])('%j cannot be told apart', (services, says) => {
  const routes = services.map((service) => route(service));
  expect(checkCaddyInclude({ ...request, routes })).toMatchObject([
    { says, fix: 'rename the service' },
  ]);
});

test.each(['relative', '/a b', '/{x}', '/a"b', '/a*', '/a\nb'])('folder %j is refused', (dir) => {
  expect(checkCaddyInclude({ ...request, dir })).toMatchObject([{ path: 'proxy.config-dir' }]);
});

test('nothing is wrong with the usual', () => expect(checkCaddyInclude(request)).toEqual([]));

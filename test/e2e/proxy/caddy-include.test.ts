import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { chmod } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { findCaddyProblems } from '../../../src/domain/proxy/caddy-check';
import { caddyInclude } from '../../../src/domain/proxy/caddy-include';
import { tokenPath } from '../../../src/domain/proxy/driver';
import { pushCaddy } from '../../support/caddy-image';
import { startEnvironment } from '../../support/environment';
import { startLoad } from '../../support/load';
import { buildSampleImages } from '../../support/sample-app';
import { ProxyStand } from './proxy-stand';

const routes = ['web', 'event-stream'].map((service) => ({
  service,
  at: {
    adopted: `${service}:8000`,
    blue: `shop-production-blue-${service}:8000`,
    green: `shop-production-green-${service}:8000`,
  },
}));
const names = routes.flatMap(({ at }) => Object.values(at).map((host) => host.replace(/:.*/, '')));
const services = routes.map(({ service }) => service);
const request = {
  ...{ app: 'shop', environment: 'production', token: 'c0ffee', routes, sharedBlock: false },
  dir: '/etc/caddy/shiplock',
};
const site = `http:// {
	import /etc/caddy/shiplock/shop-production.caddy
	handle /events/* {
		reverse_proxy {shiplock_event_stream}
	}
	reverse_proxy {shiplock_web}
}
`;
const adapt = ['caddy', 'adapt', '--config', '/etc/caddy/Caddyfile', '--adapter', 'caddyfile'];
const markers = 'etc/shiplock/shop-production';

let stand: ProxyStand;

beforeAll(async () => {
  const environment = await startEnvironment();
  await buildSampleImages({ versions: {} });
  const image = await pushCaddy(environment);
  stand = await ProxyStand.start('caddy', { image, folders: { etc: '/etc/caddy' } }, names);
  await stand.write('etc/Caddyfile', site);
  await stand.write('etc/shiplock/shop-production.caddy', caddyInclude(request));
  for (const slot of ['adopted', 'blue', 'green']) {
    await stand.write(`${markers}/${slot}.json`, JSON.stringify({ slot, release: `1-${slot}` }));
  }
  await stand.startFront();
});
afterAll(() => stand.stop());

const answered = async (path = '/'): Promise<unknown> => (await fetch(stand.origin + path)).json();
const served = async (): Promise<unknown> => [await answered('/'), await answered('/events/x')];
const slotOf = (prefix: string) => [
  { version: `${prefix}web` },
  { version: `${prefix}event-stream` },
];
const putMarker = (name: string) => stand.write(`${markers}/${name}`, '');
const takeMarker = (name: string) => stand.remove(`${markers}/${name}`);

test('what Caddy makes of the text has no problems', async () => {
  const { code, stdout, stderr } = await stand.exec(...adapt);
  expect([code, stderr]).toEqual([0, '']);
  expect(findCaddyProblems(stdout, request, services)).toEqual([]);
});

describe('the very next request goes where the markers say, on every route', () => {
  test.each([
    ['no marker: the containers from before', [], 'adopted', ''],
    ['green alone says nothing yet', ['green'], 'adopted', ''],
    ['managed', ['managed'], 'blue', 'shop-production-blue-'],
    ['managed and green', ['managed', 'green'], 'green', 'shop-production-green-'],
  ])('%s', async (_, present, slot, prefix) => {
    await Promise.all(['managed', 'green'].map(takeMarker));
    for (const name of present) await putMarker(name);
    expect(await served()).toEqual(slotOf(prefix));
    const response = await fetch(stand.origin + tokenPath('c0ffee'));
    expect(response.headers.get('content-type')).toBe('application/json');
    expect(response.headers.get('cache-control')).toBe('no-store');
    expect(await response.json()).toEqual({ slot, release: `1-${slot}` });
  });

  test("a path that only resembles the token is the app's", async () => {
    expect(await answered(`${tokenPath('c0ffee')}/x`)).toHaveProperty('version');
  });

  test('a slot that says nothing about itself is not found, rather than guessed', async () => {
    await putMarker('managed');
    await takeMarker('green');
    await stand.remove(`${markers}/blue.json`);
    expect((await fetch(stand.origin + tokenPath('c0ffee'))).status).toBe(404);
    await stand.write(`${markers}/blue.json`, '{"slot":"blue","release":"1-blue"}');
  });
});

test('20 switches at 200 requests/s fail nothing, on new and on kept connections', async () => {
  await putMarker('managed');
  const url = `${stand.origin}/`;
  const loads = [
    await startLoad({ url, rate: 100, connections: 'new' }),
    await startLoad({ url, rate: 100, connections: 'keep-alive' }),
  ];
  for (let at = 0; at < 20; at += 1) {
    const green = at % 2 === 0;
    await (green ? putMarker('green') : takeMarker('green'));
    const expected = `shop-production-${green ? 'green' : 'blue'}-web`;
    expect(await answered()).toEqual({ version: expected });
    await sleep(150);
  }
  for (const report of await Promise.all(loads.map((load) => load.stop()))) {
    expect([report.failed, report.examples]).toEqual([0, []]);
    expect(report.sent).toBeGreaterThan(200);
    expect(report.versions.map(({ version }) => version).sort()).toEqual(
      ['blue', 'green'].map((slot) => `shop-production-${slot}-web`),
    );
  }
});

test('a container that comes back under another address is reached at its first answer', async () => {
  await putMarker('managed');
  await takeMarker('green');
  const name = 'shop-production-blue-web';
  await answered();
  const before = await stand.addressOf(name);
  await stand.removeServer(name);
  // Somebody else takes the address that is free now.
  await stand.startServer('bystander');
  expect(await stand.addressOf('bystander')).toBe(before);
  await stand.startServer(name);
  const deadline = Date.now() + 5000;
  for (;;) {
    const response = await fetch(stand.origin);
    if (response.ok) {
      expect(await response.json()).toEqual({ version: name });
      break;
    }
    expect(Date.now()).toBeLessThan(deadline);
    await sleep(20);
  }
});

describe('a proxy that is not prepared', () => {
  test('is told what is not imported and the literal names', async () => {
    await stand.write('etc/Bare', 'http:// {\n\treverse_proxy web:8000 other:1\n}\n');
    const argv = adapt.map((word) => word.replace('/Caddyfile', '/Bare'));
    const { stdout } = await stand.exec(...argv);
    const problems = findCaddyProblems(stdout, request, services).map(
      ({ says, fix }) => `${says} → ${fix}`,
    );
    expect(problems).toEqual([
      'no site imports /etc/caddy/shiplock/shop-production.caddy → put "import /etc/caddy/shiplock/shop-production.caddy" into the site block of the app, and send requests on with "reverse_proxy {shiplock_web}", "reverse_proxy {shiplock_event_stream}"',
      'reverse_proxy web:8000 names web, which is gone once only slots run → write reverse_proxy {shiplock_web}',
      'nothing is sent to {shiplock_event_stream} → write reverse_proxy {shiplock_event_stream}',
    ]);
  });

  test('does not read its own configuration with the line before the file: hence the order of the steps', async () => {
    await stand.write('etc/Early', 'http:// {\n\timport /etc/caddy/shiplock/later.caddy\n}\n');
    const argv = adapt.map((word) => word.replace('/Caddyfile', '/Early'));
    const { code, stderr } = await stand.exec(...argv);
    expect([code, stderr]).toEqual([1, expect.stringContaining('File to import not found')]);
  });

  test('a folder that Caddy cannot look into does not hide from it: it runs as root', async () => {
    await putMarker('managed');
    await chmod(join(stand.folder, markers), 0o700);
    expect(await served()).toEqual(slotOf('shop-production-blue-'));
    await chmod(join(stand.folder, markers), 0o755);
  });
});

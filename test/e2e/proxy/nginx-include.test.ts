import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { chmod } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { findIncludeProblems } from '../../../src/domain/proxy/nginx-check';
import { tokenPath } from '../../../src/domain/proxy/driver';
import { nginxInclude } from '../../../src/domain/proxy/nginx-include';
import { startEnvironment } from '../../support/environment';
import { includeRequest } from '../../support/include-request';
import { startLoad } from '../../support/load';
import { buildSampleImages } from '../../support/sample-app';
import { ProxyStand } from './proxy-stand';

const services = ['web', 'event-stream'];
const names = ['', 'shop-production-blue-', 'shop-production-green-'].flatMap((prefix) =>
  services.map((service) => prefix + service),
);
const request = includeRequest({ web: 8000, 'event-stream': 8000 });
const site = `server {
  listen 80 default_server;
  include /etc/nginx/shiplock/shop-production.conf;
  location / { proxy_pass http://$shiplock_web; }
  location /events/ { proxy_pass http://$shiplock_event_stream; }
}
`;
const front = {
  image: '127.0.0.1:5000/shiplock-sample/nginx:1.26',
  folders: { 'conf.d': '/etc/nginx/conf.d', shiplock: '/etc/nginx/shiplock' },
};
const markers = 'shiplock/shop-production';

let stand: ProxyStand;

beforeAll(async () => {
  await startEnvironment();
  await buildSampleImages({ versions: {} });
  stand = await ProxyStand.start('include', front, names);
  await stand.write('conf.d/site.conf', site);
  await stand.write('shiplock/shop-production.conf', nginxInclude(request, 'container'));
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

test('nginx takes the text as it is', async () => {
  const { code, stderr } = await stand.exec('nginx', '-t');
  expect([code, stderr]).toEqual([0, expect.stringContaining('test is successful')]);
});

test('what nginx -T prints of it has no problems', async () => {
  const { stdout } = await stand.exec('nginx', '-T');
  expect(findIncludeProblems(stdout, request, services)).toEqual([]);
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

  test('a folder that nginx cannot look into reads as never released', async () => {
    await putMarker('managed');
    await chmod(join(stand.folder, markers), 0o700);
    expect(await served()).toEqual(slotOf(''));
    await chmod(join(stand.folder, markers), 0o755);
    expect(await served()).toEqual(slotOf('shop-production-blue-'));
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

describe('a proxy that is not prepared', () => {
  let bare: ProxyStand;
  beforeAll(async () => {
    bare = await ProxyStand.start('bare', front, ['web']);
    await bare.write(
      'conf.d/site.conf',
      'upstream app {\n  server web:8000;\n}\nserver {\n  listen 80;\n  location / { proxy_pass http://app; }\n  location /api/ { proxy_pass http://web:8000/; }\n}\n',
    );
    await bare.write('shiplock/README', '');
    await bare.startFront();
  });
  afterAll(() => bare.stop());

  test('is told the include, the upstream and the literal name, with their lines', async () => {
    const { stdout } = await bare.exec('nginx', '-T');
    const problems = findIncludeProblems(stdout, request, ['web']);
    expect(problems.map(({ path, line }) => [path, line])).toEqual([
      ['nginx', undefined],
      ['/etc/nginx/conf.d/site.conf', 2],
      ['/etc/nginx/conf.d/site.conf', 7],
    ]);
  });

  test('does not pass its own check with the line before the file: hence the order of the steps', async () => {
    await bare.write('conf.d/site.conf', site);
    const { code, stderr } = await bare.exec('nginx', '-t');
    expect([code, stderr]).toEqual([1, expect.stringContaining('No such file or directory')]);
  });
});

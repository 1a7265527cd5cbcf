import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { chmod } from 'node:fs/promises';
import { join } from 'node:path';
import { nginxDriver } from '../../../src/domain/proxy/nginx';
import { startEnvironment } from '../../support/environment';
import { buildSampleImages } from '../../support/sample-app';
import { MarkedStand, markedRequest, markedServices } from './marked-stand';
import { followsMarkers } from './marker-suite';
import { ProxyStand } from './proxy-stand';

const driver = nginxDriver('container');
const request = markedRequest('/etc/nginx/shiplock');
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

const stand = followsMarkers(async () => {
  await startEnvironment();
  await buildSampleImages({ versions: {} });
  return {
    ...{ name: 'include', front, forgetMs: driver.forgetMs, markers: 'shiplock/shop-production' },
    files: {
      'conf.d/site.conf': site,
      'shiplock/shop-production.conf': driver.include(request),
    },
  };
});

test('nginx takes the text as it is', async () => {
  const { code, stderr } = await stand().proxy.exec('nginx', '-t');
  expect([code, stderr]).toEqual([0, expect.stringContaining('test is successful')]);
});

test('what nginx -T prints of it has no problems', async () => {
  const { stdout } = await stand().proxy.exec('nginx', '-T');
  expect(driver.findProblems(stdout, request, markedServices)).toEqual([]);
});

test('a folder that nginx cannot look into reads as never released', async () => {
  const { proxy, markers } = stand();
  await stand().mark('managed');
  await chmod(join(proxy.folder, markers), 0o700);
  expect(await stand().served()).toEqual(MarkedStand.ofSlot('adopted'));
  await chmod(join(proxy.folder, markers), 0o755);
  expect(await stand().served()).toEqual(MarkedStand.ofSlot('blue'));
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
    const problems = driver.findProblems(stdout, request, ['web']);
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

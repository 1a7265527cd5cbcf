import { expect, test } from '@jest/globals';
import { mountedPath } from '../../../src/domain/proxy/mounted-path';

const mounts = [
  { source: '/srv/shop/nginx', destination: '/etc/nginx/team' },
  { source: '/srv/shop/nginx/shiplock/', destination: '/shiplock' },
  { source: '/srv/shop/one.conf', destination: '/etc/one.conf' },
];

test.each([
  ['/srv/shop/nginx/shiplock', '/shiplock'],
  ['/srv/shop/nginx/shiplock/deeper/', '/shiplock/deeper'],
  ['/srv/shop/nginx', '/etc/nginx/team'],
  ['/srv/shop/nginx/other', '/etc/nginx/team/other'],
  ['/srv/shop/nginx-other', null],
  ['/srv/shop', null],
])('%s is seen at %s', (folder, seen) => expect(mountedPath(mounts, folder)).toBe(seen));

test('the root of the host counts too', () => {
  expect(mountedPath([{ source: '/', destination: '/host' }], '/srv/x')).toBe('/host/srv/x');
});

import { expect, test } from '@jest/globals';
import { coveringMount } from '../../../src/domain/backup/covering-mount';

const mounts = [
  { type: 'volume', source: '/var/lib/docker/volumes/data/_data', destination: '/data' },
  { type: 'bind', source: '/srv/inner', destination: '/data/inner' },
];

test.each([
  ['/data/app.db', '/var/lib/docker/volumes/data/_data/app.db'],
  ['/data/inner/app.db', '/srv/inner/app.db'],
  ['/database/app.db', null],
  ['/app.db', null],
])('%s lies on the host at %p', (path, hostPath) => {
  expect(coveringMount(mounts, path)?.hostPath ?? null).toBe(hostPath);
});

import { describe, expect, test } from '@jest/globals';
import {
  entryOf,
  filesArgv,
  parseDifferences,
  parsePaths,
  parseVolume,
} from '../../../src/commands/backup/files';

test.each([
  ['/srv/app/.env', false, '/srv/app', './.env'],
  ['/srv/app/', false, '/srv', './app'],
  ['/etc', false, '/', './etc'],
  ['/', false, '/', '.'],
  ['/var/lib/docker/volumes/x/_data', true, '/var/lib/docker/volumes/x/_data', '.'],
])('%s is packed from its folder', (path, whole, folder, name) => {
  expect(entryOf(path, whole)).toEqual({ folder, name });
});

describe('lists', () => {
  test('differences: paths may hold anything but what ends them', () => {
    const printed = './a\nb//f 644 0:0 3\0\t./a\nb//f 600 0:0 3\0\t./c -> d//l 0:0 e//f\0';
    expect(parseDifferences(printed)).toEqual([
      { path: './a\nb', what: 'f 644 0:0 3', only: 'first' },
      { path: './a\nb', what: 'f 600 0:0 3', only: 'second' },
      { path: './c -> d', what: 'l 0:0 e//f', only: 'second' },
    ]);
  });

  test('paths', () => {
    expect(parsePaths('./a\0./b\nc\0')).toEqual(['./a', './b\nc']);
  });
});

test('where a volume lies', () => {
  const line = '{"Driver":"local","Options":null,"Mountpoint":"/v/_data","Name":"v"}';
  expect(parseVolume(line)).toEqual({ driver: 'local', options: {}, mountpoint: '/v/_data' });
});

test('who is not root reads the host by a container, which may write where it is told only', () => {
  const reach = { by: 'container', docker: ['docker'], image: 'node' } as const;
  const line = filesArgv(reach, 'true', ['x'], ['/srv/backup']).join(' ');
  expect(line).toContain('source=/,target=/host,readonly');
  expect(line).toContain('source=/srv/backup,target=/host/srv/backup --');
  expect(line).toMatch(/--entrypoint chroot node \/host \/bin\/sh -c true sh x$/);
});

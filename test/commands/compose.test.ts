import { describe, expect, test } from '@jest/globals';
import {
  configCommand,
  createCommand,
  parseConfig,
  parseVersion,
  startSharedCommand,
  versionCommand,
} from '../../src/commands/compose';

const project = { project: 'shop', files: ['/r/a.yml', '/r/b c.yml'], directory: '/srv/shop' };
const slot = { project: 'shop-production-blue', files: ['/r/compose.json'] };
const beginning = 'docker compose -p shop --project-directory /srv/shop -f /r/a.yml -f'.split(' ');
const slotBeginning = 'docker compose -p shop-production-blue -f /r/compose.json'.split(' ');

describe('commands', () => {
  test('every word is one argument, and the prefix stands first', () => {
    expect(configCommand(['sudo', '-n', 'docker'], project)).toEqual([
      ...['sudo', '-n', ...beginning, '/r/b c.yml', 'config', '--format', 'json'],
    ]);
  });

  test('a slot is created from its one file, built and pulled by nobody', () => {
    expect(createCommand(['docker'], slot, ['a', 'b'])).toEqual([
      ...[...slotBeginning, 'create', '--no-build', '--pull', 'never', 'a', 'b'],
    ]);
  });

  test('without a project Compose names it', () => {
    const unnamed = { project: undefined, files: ['/r/a.yml'] };
    expect(configCommand(['docker'], unnamed).join(' ')).toBe(
      'docker compose -f /r/a.yml config --format json',
    );
  });

  test('shared services are started and never made anew', () => {
    expect(startSharedCommand(['docker'], project, ['pg', 'redis'])).toEqual([
      ...[...beginning, '/r/b c.yml', 'up', '--detach', '--no-recreate', '--no-deps'],
      ...['--pull', 'never', '--no-build'],
      ...['pg', 'redis'],
    ]);
  });

  test('version', () => {
    expect(versionCommand(['docker']).join(' ')).toBe('docker compose version --short');
  });
});

describe('versions', () => {
  test.each([
    ['2.29.7\n', [2, 29, 7]],
    ['v2.26.1-4', [2, 26, 1]],
    ['2.40.3+ds1', [2, 40, 3]],
    ['v5.0', [5, 0, 0]],
    ['', null],
    ['unknown docker command: "compose version"', null],
    ['dev', null],
  ])('%j', (text, version) => expect(parseVersion(text)).toEqual(version));
});

describe('the printed project', () => {
  test.each([
    '',
    'time="…" level=warning',
    '[]',
    '{"services":{}}',
    '{"name":"x","services":{"a":{"ports":"80"}}}',
  ])('%j is none', (text) =>
    expect(() => parseConfig(text)).toThrow('printed no compose document'),
  );

  test('unknown keys are kept, missing maps are empty', () => {
    const config = parseConfig('{"name":"x","services":{"a":{"image":"i","gpus":"all"}},"x-y":1}');
    expect(config.services['a']).toEqual({ image: 'i', gpus: 'all' });
    expect([config.networks, config.volumes, config['x-y']]).toEqual([{}, {}, 1]);
  });
});

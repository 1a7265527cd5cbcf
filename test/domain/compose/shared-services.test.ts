import { describe, expect, test } from '@jest/globals';
import {
  awaitedHealthy,
  sharedServices,
  sharedToStart,
} from '../../../src/domain/compose/shared-services';
import { service, settings, shop } from '../../support/shop';

const before = (order: readonly string[], one: string, other: string): void => {
  expect(order).toEqual(expect.arrayContaining([one, other]));
  expect(order.indexOf(one)).toBeLessThan(order.indexOf(other));
};

test('what a release replaces is not shared, nor is what only migrates', () => {
  const migrate = { service: 'migrations', command: ['true'], version: null, timeoutMs: 1 };
  const order = sharedServices(shop(), { ...settings, migrate });
  expect([...order].sort()).toEqual(['cache', 'nginx', 'postgres', 'volumes-init']);
});

test('each comes after what it needs, also through a released service', () => {
  const order = sharedServices(shop(), settings);
  before(order, 'volumes-init', 'cache');
  before(order, 'cache', 'nginx');
  before(order, 'postgres', 'nginx');
  before(order, 'postgres', 'migrations');
});

test('the network of another service is a need too', () => {
  const compose = shop({ cache: { network_mode: 'service:postgres', depends_on: undefined } });
  before(sharedServices(compose, settings), 'postgres', 'cache');
});

test('a circle ends', () => {
  const compose = shop({
    cache: { depends_on: { postgres: {} } },
    postgres: { depends_on: { cache: {} } },
  });
  const only = { ...settings, services: [service('web', 8000)] };
  expect(sharedServices(compose, only)).toEqual(expect.arrayContaining(['cache', 'postgres']));
});

describe('what is to be started', () => {
  const start = (compose: ReturnType<typeof shop>, ...running: readonly string[]) =>
    sharedToStart(compose, sharedServices(compose, settings), (name) => running.includes(name));

  test('is what does not run, with the one-shots that it waits for', () => {
    const compose = shop({ migrations: { profiles: ['by hand'] } });
    expect(start(compose)).toEqual(['volumes-init', 'cache', 'postgres', 'nginx']);
  });

  test('a one-shot has run when those that wait for it run', () => {
    expect(start(shop({ migrations: undefined }), 'cache', 'postgres')).not.toContain(
      'volumes-init',
    );
  });

  test('a profile counts when it is active on the server', () => {
    const compose = shop();
    expect(start(compose)).not.toContain('debug');
    compose['x-shiplock'] = { profiles: 'a, debug', values: {} };
    expect(start(compose)).not.toContain('debug');
    compose.services['debug'] = { image: 'busybox', profiles: ['debug'] };
    expect(start(compose)).toContain('debug');
    compose['x-shiplock'] = { profiles: 'a', values: {} };
    expect(start(compose)).not.toContain('debug');
  });

  test('an inactive profile counts for nothing when another service needs it', () => {
    const compose = shop({ cache: { profiles: ['extra'] }, nginx: { depends_on: { cache: {} } } });
    expect(start(compose)).toContain('cache');
  });
});

test('what is started is awaited only where somebody waits for its health', () => {
  const depends_on = { postgres: { condition: 'service_healthy' }, cache: {} };
  const compose = shop({ nginx: { depends_on } });
  expect(awaitedHealthy(compose, ['postgres', 'cache', 'nginx'])).toEqual(['postgres']);
  expect(awaitedHealthy(compose, ['cache', 'nginx'])).toEqual([]);
});

import { expect, test } from '@jest/globals';
import { sharedServices } from '../../../src/domain/compose/shared-services';
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

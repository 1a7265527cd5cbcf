import { expect, test } from '@jest/globals';
import { renderSlot } from '../../../src/domain/compose/slot';
import { settings, shop, slotRequest, service } from '../../support/shop';

const networksIn = (document: Readonly<Record<string, unknown>>, name: string): unknown =>
  (document['services'] as Record<string, { networks?: unknown }>)[`shop-production-blue-${name}`]
    ?.networks;

test('plain names and aliases live in the own network; the team sees unique names only', () => {
  const { document } = renderSlot(slotRequest());
  expect(networksIn(document, 'web')).toEqual({
    '0-slot': { aliases: ['web', 'api'] },
    '0-slot-internal': { aliases: ['web', 'api'] },
    default: {},
    inner: {},
  });
});

test('a service that had no way out gets none, beside one that has', () => {
  const { document, networks } = renderSlot(slotRequest());
  expect(networksIn(document, 'worker')).toEqual({
    '0-slot-internal': { aliases: ['worker'] },
    inner: {},
  });
  expect(networks.map(({ name, internal }) => [name, internal])).toEqual([
    ['0-shop-production-blue', false],
    ['0-shop-production-blue-internal', true],
  ]);
});

test('a slot without any way out has one internal network', () => {
  const { networks } = renderSlot(
    slotRequest({ settings: { ...settings, services: [service('worker')] } }),
  );
  expect(networks.map(({ name, internal }) => [name, internal])).toEqual([
    ['0-shop-production-blue', true],
  ]);
});

test('the own network is made like the one of the team, less the name of its bridge', () => {
  const { networks } = renderSlot(slotRequest());
  expect(networks[0]).toEqual({
    name: '0-shop-production-blue',
    driver: 'bridge',
    internal: false,
    options: { 'com.docker.network.driver.mtu': '1400' },
  });
});

test('all networks exist before the slot: the document calls them by their real names', () => {
  const { document, joined } = renderSlot(slotRequest());
  expect(document['networks']).toEqual({
    '0-slot': { name: '0-shop-production-blue', external: true },
    '0-slot-internal': { name: '0-shop-production-blue-internal', external: true },
    default: { name: 'shop_default', external: true },
    inner: { name: 'shop_inner', external: true },
  });
  expect(
    joined.map(({ key, name, internal, external }) => [key, name, internal, external]),
  ).toEqual([
    ['default', 'shop_default', false, false],
    ['inner', 'shop_inner', true, false],
  ]);
});

test('a network that the team declared as external stays so', () => {
  const compose = shop({ worker: { networks: { edge: null } } });
  compose.networks['edge'] = { name: 'edge-of-all', external: true };
  const { joined } = renderSlot(slotRequest({ compose }));
  expect(joined.find(({ key }) => key === 'edge')).toMatchObject({
    name: 'edge-of-all',
    external: true,
  });
});

test('a service without a network of its own joins none', () => {
  const compose = shop({ worker: { network_mode: 'none', networks: undefined } });
  const { document, networks } = renderSlot(slotRequest({ compose }));
  expect(networksIn(document, 'worker')).toBeUndefined();
  expect(networks.map(({ name }) => name)).toEqual(['0-shop-production-blue']);
});

import { expect, test } from '@jest/globals';
import { composeConfig } from '../../../src/domain/compose/compose-config';
import { joinProxy } from '../../../src/domain/compose/join-proxy';
import { renderSlot } from '../../../src/domain/compose/slot';
import { slotRequest } from '../../support/shop';

const before = renderSlot(slotRequest());
const after = composeConfig.parse({ ...joinProxy(before, 'shiplock-proxy').document });
const plain = composeConfig.parse({ ...before.document });

test('what the proxy routes to joins its network, under its unique name alone', () => {
  const { networks } = after.services['shop-production-blue-web'] ?? {};
  expect(networks).toEqual({
    ...plain.services['shop-production-blue-web']?.networks,
    'shiplock-proxy': {},
  });
  expect(after.networks['shiplock-proxy']).toEqual({ name: 'shiplock-proxy', external: true });
});

test('a worker does not', () => {
  expect(after.services['shop-production-blue-worker']).toEqual(
    plain.services['shop-production-blue-worker'],
  );
});

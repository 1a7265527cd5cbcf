import { expect, test } from '@jest/globals';
import { publishedAddress } from '../../../src/domain/compose/published-address';

test.each([
  ['a port of any address', { published: '8000' }, '127.0.0.1:8000'],
  ['a port of any address, in words', { published: 8000, host_ip: '0.0.0.0' }, '127.0.0.1:8000'],
  ['one of an address of its own', { published: '8000', host_ip: '10.0.0.1' }, '10.0.0.1:8000'],
  ['one that Docker chooses', {}, null],
  ['one of a range', { published: '8000-8010' }, null],
  ['one of UDP', { published: '8000', protocol: 'udp' }, null],
  ['one that leads elsewhere', { published: '8000', target: 81 }, null],
])('%s', (_, port, address) => {
  expect(publishedAddress({ ports: [{ target: 80, ...port }] }, 80)).toBe(address);
});

test('none is published', () => {
  expect(publishedAddress({}, 80)).toBeNull();
  expect(publishedAddress(undefined, 80)).toBeNull();
});

import { once } from 'node:events';
import { createServer } from 'node:net';
import type { AddressInfo, LookupFunction } from 'node:net';
import { expect, test } from '@jest/globals';
import { dial, NAME_LATE } from '../../../src/platform/ssh/dial';

/** Stands in for a DNS server that never answers: the machine's own cannot be made to. */
const silent: LookupFunction = () => undefined;

test('a name whose address does not come in time is told from a server that does not answer', async () => {
  await expect(dial('app.invalid', 22, { timeoutMs: 100, lookup: silent })).rejects.toMatchObject({
    code: NAME_LATE,
  });
});

test('a server with a name is reached', async () => {
  const server = createServer((socket) => socket.end('hello')).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  const socket = await dial('localhost', port, { timeoutMs: 5_000 });
  const [chunk] = (await once(socket, 'data')) as [Buffer];
  expect(chunk.toString()).toBe('hello');
  socket.destroy();
  server.close();
});

test('a port where nothing listens is told by its code', async () => {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, 'close');
  await expect(dial('127.0.0.1', port, { timeoutMs: 5_000 })).rejects.toMatchObject({
    code: 'ECONNREFUSED',
  });
});

import { once } from 'node:events';
import { createServer as createHttp } from 'node:http';
import type { RequestListener } from 'node:http';
import { createServer as createHttps } from 'node:https';
import { createServer as createTcp } from 'node:net';
import type { AddressInfo, Server, Socket } from 'node:net';
import { afterAll, describe, expect, test } from '@jest/globals';
import { probe } from '../../src/platform/http-probe';
import { selfSigned } from '../support/self-signed';

const servers: Server[] = [];
afterAll(() => {
  for (const server of servers) server.close();
});

async function portOf(server: Server) {
  servers.push(server.listen(0, '127.0.0.1'));
  await once(server, 'listening');
  return (server.address() as AddressInfo).port;
}
const http = (listener: RequestListener) => portOf(createHttp(listener));
const tcp = (onSocket: (socket: Socket) => void) =>
  portOf(createTcp((socket) => onSocket(socket.on('error', () => undefined))));

describe('an answer', () => {
  test('is status, headers and body, whatever the status', async () => {
    const port = await http((request, response) => {
      response.writeHead(503, { 'X-One': '1', 'Set-Cookie': ['a=1', 'b=2'] });
      response.end(`${request.method} ${request.url} ${request.headers.host}`);
    });
    expect(await probe({ url: `http://127.0.0.1:${port}/a/b?c=d` })).toMatchObject({
      kind: 'answer',
      status: 503,
      headers: { 'x-one': '1', 'set-cookie': 'a=1, b=2' },
      body: `GET /a/b?c=d 127.0.0.1:${port}`,
      durationMs: expect.any(Number),
    });
  });

  test('comes from where it is told to connect, under the name in the URL', async () => {
    const port = await http((request, response) => response.end(request.headers.host));
    const connectTo = { host: '127.0.0.1', port };
    const named = await probe({ url: 'http://shop.example.com/x', connectTo });
    expect(named).toMatchObject({ body: 'shop.example.com' });
  });

  test('that redirects is the answer', async () => {
    let requests = 0;
    const port = await http((_request, response) => {
      requests += 1;
      response.writeHead(301, { location: '/elsewhere' }).end();
    });
    expect(await probe({ url: `http://127.0.0.1:${port}/` })).toMatchObject({ status: 301 });
    expect(requests).toBe(1);
  });

  test('is read up to 64 KiB, also when it never ends', async () => {
    const port = await http((_request, response) => {
      const timer = setInterval(() => response.write('x'.repeat(20_000)), 1);
      response.on('close', () => clearInterval(timer));
    });
    const result = await probe({ url: `http://127.0.0.1:${port}/`, timeoutMs: 5_000 });
    expect(result.kind === 'answer' && result.body.length).toBe(65_536);
  });

  test('comes on a connection of its own each time', async () => {
    const seen = new Set<number>();
    const port = await http((request, response) => {
      seen.add(request.socket.remotePort ?? 0);
      response.end(request.headers.connection);
    });
    for (let turn = 0; turn < 3; turn += 1) {
      expect(await probe({ url: `http://127.0.0.1:${port}/` })).toMatchObject({ body: 'close' });
    }
    expect(seen.size).toBe(3);
  });

  test('does not come through a proxy of the environment', async () => {
    const port = await http((_request, response) => response.end('direct'));
    process.env.http_proxy = 'http://127.0.0.1:1';
    expect(await probe({ url: `http://127.0.0.1:${port}/` })).toMatchObject({ body: 'direct' });
    delete process.env.http_proxy;
  });
});

describe('a failure is told apart', () => {
  test('refused', async () => {
    const port = await http(() => undefined);
    await new Promise((closed) => servers.pop()?.close(closed));
    expect(await probe({ url: `http://127.0.0.1:${port}/` })).toMatchObject({ kind: 'refused' });
  });

  test.each<[string, (socket: Socket) => void]>([
    ['at once', (socket) => socket.destroy()],
    ['by force', (socket) => socket.resetAndDestroy()],
    [
      'in the middle of the body',
      (socket) => {
        socket.write('HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nhalf');
        setTimeout(() => socket.destroy(), 50);
      },
    ],
  ])('reset %s', async (_name, act) => {
    const port = await tcp(act);
    expect(await probe({ url: `http://127.0.0.1:${port}/` })).toMatchObject({ kind: 'reset' });
  });

  test.each<[string, (socket: Socket) => void]>([
    ['without a word', () => undefined],
    ['in the middle of the body', (socket) => socket.write('HTTP/1.1 200 OK\r\n\r\nhalf')],
  ])('timeout %s', async (_name, act) => {
    const sockets: Socket[] = [];
    const port = await tcp((socket) => {
      sockets.push(socket);
      act(socket);
    });
    const result = await probe({ url: `http://127.0.0.1:${port}/`, timeoutMs: 200 });
    expect(result).toMatchObject({ kind: 'timeout', message: 'no full answer within 200 ms' });
    expect(result.durationMs).toBeLessThan(1_000);
    for (const socket of sockets) socket.destroy();
  });

  test('dns', async () => {
    expect(await probe({ url: 'http://no-such-host.invalid/' })).toMatchObject({ kind: 'dns' });
  });

  test.each([
    ['no HTTP', 'SSH-2.0-OpenSSH\r\n'],
    ['a header that is none', 'HTTP/1.1 200 OK\r\nbad header\r\n\r\n'],
  ])('other: %s', async (_name, words) => {
    const port = await tcp((socket) => socket.end(words));
    expect(await probe({ url: `http://127.0.0.1:${port}/` })).toMatchObject({ kind: 'other' });
  });

  test.each(['nonsense', 'ftp://127.0.0.1/'])('other: the URL %s', async (url) => {
    expect(await probe({ url })).toMatchObject({
      kind: 'other',
      message: expect.stringMatching(/./),
    });
  });
});

describe('TLS', () => {
  const { key, certificate } = selfSigned('shop.example.com');
  const https = () =>
    portOf(
      createHttps({ key, cert: certificate }, (request, response) => {
        response.end(
          `${request.headers.host} ${(request.socket as { servername?: string }).servername}`,
        );
      }),
    );

  test('with an unknown certificate is a failure of its own', async () => {
    const connectTo = { host: '127.0.0.1', port: await https() };
    const result = await probe({ url: 'https://shop.example.com/', connectTo });
    expect(result).toMatchObject({ kind: 'tls' });
  });

  test('can be left unverified, and still names the host', async () => {
    const connectTo = { host: '127.0.0.1', port: await https() };
    const result = await probe({ url: 'https://shop.example.com/', connectTo, verifyTls: false });
    expect(result).toMatchObject({ body: 'shop.example.com shop.example.com' });
  });

  test('against a plain port is a failure of its own', async () => {
    const port = await http((_request, response) => response.end('plain'));
    expect(await probe({ url: `https://127.0.0.1:${port}/` })).toMatchObject({ kind: 'tls' });
  });
});

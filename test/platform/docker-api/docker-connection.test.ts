import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { createServer } from 'node:http';
import type { RequestListener, Server } from 'node:http';
import { connect, createServer as createRaw } from 'node:net';
import type { Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from '@jest/globals';
import { connectEngine, openEngine } from '../../../src/platform/docker-api/docker-api';
import { EngineConnection } from '../../../src/platform/docker-api/connection';

const folder = mkdtempSync(join(tmpdir(), 'shiplock-engine-'));
const closers: (() => void)[] = [];
afterAll(() => {
  for (const close of closers) close();
  rmSync(folder, { recursive: true });
});

let counter = 0;
const newPath = () => {
  counter += 1;
  return join(folder, `${counter}.sock`);
};

/** An engine that answers as the listener does. */
async function engineThat(listener: RequestListener, path = newPath()) {
  const server: Server = createServer(listener).listen(path);
  await once(server, 'listening');
  closers.push(() => {
    server.closeAllConnections();
    server.close();
  });
  return { path, server };
}

/** One that does with a connection what it likes. */
async function socketThat(act: (socket: Socket) => void) {
  const path = newPath();
  const sockets = new Set<Socket>();
  const server = createRaw((socket) => {
    sockets.add(socket);
    act(socket.on('error', () => undefined));
  }).listen(path);
  await once(server, 'listening');
  closers.push(() => {
    for (const socket of sockets) socket.destroy();
    server.close();
  });
  return path;
}

let opened = 0;
const connectionTo = (path: string) =>
  new EngineConnection(
    () => {
      opened += 1;
      return Promise.resolve(connect({ path }));
    },
    () => Promise.resolve(''),
  );
const ask = { method: 'GET', path: '/x' } as const;
const act = { method: 'POST', path: '/x', body: { a: 1 } } as const;

describe('a request that gets no answer', () => {
  test.each<[string, (socket: Socket) => void]>([
    ['because the connection is closed', (socket) => socket.once('data', () => socket.end())],
    ['because both ways are cut', (socket) => socket.once('data', () => socket.destroy())],
    [
      'whole, because it is cut',
      (socket) =>
        socket.once('data', () => {
          socket.write('HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n{"a":', () =>
            socket.destroy(),
          );
        }),
    ],
    ['in HTTP', (socket) => socket.once('data', () => socket.end('SSH-2.0-OpenSSH_9.2\r\n'))],
    ['in JSON', (socket) => socket.once('data', () => socket.end('HTTP/1.1 200 OK\r\n\r\n<html>'))],
  ])('%s is lost, and its outcome unknown', async (_name, behave) => {
    const connection = connectionTo(await socketThat(behave));
    const outcome = { reason: 'lost', outcome: 'unknown', fault: 'remote' };
    await expect(connection.send(act)).rejects.toMatchObject(outcome);
    await expect(connection.send({ ...act, dedicated: true })).rejects.toMatchObject(outcome);
    connection.close();
  });

  test.each<[string, (socket: Socket) => void]>([
    ['a word', () => undefined],
    ['an end', (socket) => socket.write('HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\n{')],
  ])('before the deadline, not %s, is late', async (_name, behave) => {
    const connection = connectionTo(await socketThat(behave));
    const start = performance.now();
    await expect(connection.send({ ...act, timeoutMs: 150 })).rejects.toMatchObject({
      reason: 'deadline',
      outcome: 'unknown',
      message: expect.stringContaining('POST /x within 0.15 s'),
    });
    expect(performance.now() - start).toBeLessThan(2_000);
    connection.close();
  });

  test('because nobody is there was never begun', async () => {
    const connection = connectionTo('/nonexistent/docker.sock');
    await expect(connection.send(act)).rejects.toMatchObject({
      reason: 'unreachable',
      outcome: 'none',
    });
    await expect(connection.hijack(act)).rejects.toMatchObject({ reason: 'unreachable' });
    await expect(connection.open(ask)).rejects.toMatchObject({ reason: 'unreachable' });
    connection.close();
  });
});

describe('a kept connection', () => {
  test('serves one call after the other', async () => {
    const { path } = await engineThat((_request, response) => response.end('{}'));
    const connection = connectionTo(path);
    opened = 0;
    for (let turn = 0; turn < 10; turn += 1) await connection.send(ask);
    expect(opened).toBe(1);
    connection.close();
  });

  test('is one of four at most, however many calls come at once', async () => {
    let busy = 0;
    let most = 0;
    const { path } = await engineThat((_request, response) => {
      busy += 1;
      most = Math.max(most, busy);
      setTimeout(() => {
        busy -= 1;
        response.end('{}');
      }, 5);
    });
    const connection = connectionTo(path);
    opened = 0;
    await Promise.all(Array.from({ length: 50 }, () => connection.send(act)));
    expect(opened).toBeLessThanOrEqual(4);
    expect(most).toBe(4);
    connection.close();
  });

  test('does not wait for calls that take long', async () => {
    const { path } = await engineThat((request, response) => {
      if (request.url === '/fast') response.end('{"fast":true}');
    });
    const connection = connectionTo(path);
    const abort = new AbortController();
    const slow = Array.from({ length: 10 }, () =>
      connection.send({ ...act, dedicated: true, signal: abort.signal }).catch(() => 'off'),
    );
    expect(await connection.send({ ...ask, path: '/fast' })).toEqual({ fast: true });
    abort.abort();
    expect(await Promise.all(slow)).toEqual(Array.from({ length: 10 }, () => 'off'));
    connection.close();
  });

  test('that died meanwhile is replaced for a question, not for a deed', async () => {
    let deeds = 0;
    let drop = false;
    const { path } = await engineThat((request, response) => {
      if (request.method === 'POST') deeds += 1;
      if (drop) {
        drop = false;
        request.socket.destroy();
      } else response.end('{"ok":1}');
    });
    const connection = connectionTo(path);
    await connection.send(ask);
    drop = true;
    expect(await connection.send(ask)).toEqual({ ok: 1 });
    drop = true;
    await expect(connection.send(act)).rejects.toMatchObject({ reason: 'lost' });
    expect(deeds).toBe(1);
    connection.close();
  });
});

describe('a refusal', () => {
  test.each([
    ['in its own words', '{"message":"no such thing"}', 'no such thing'],
    ['in other words', 'Bad Gateway', 'Bad Gateway'],
    ['without words', '', 'no reason given'],
  ])('is told %s', async (_name, body, words) => {
    const { path } = await engineThat((_request, response) => {
      response.writeHead(409).end(body);
    });
    const connection = connectionTo(path);
    for (const refused of [connection.send(ask), connection.open(ask), connection.hijack(act)]) {
      await expect(refused).rejects.toMatchObject({
        name: 'EngineError',
        status: 409,
        message: expect.stringContaining(words),
      });
    }
    connection.close();
  });
});

describe('a stream', () => {
  const endless: RequestListener = (request, response) => {
    if (request.url?.endsWith('/version')) response.end('{"ApiVersion":"1.41"}');
    else {
      const timer = setInterval(() => response.write('{"Type":"t","Actor":{"ID":"1"}}\n'), 5);
      response.on('close', () => clearInterval(timer));
    }
  };
  const connectionsOf = (server: Server) =>
    new Promise<number>((resolve) => server.getConnections((_error, count) => resolve(count)));

  test('ends its request when its reader leaves', async () => {
    const { path, server } = await engineThat(endless);
    const engine = await connectEngine({ socketPath: path });
    const before = await connectionsOf(server);
    for await (const event of engine.events()) {
      expect(event).toMatchObject({ type: 't', id: '1' });
      expect(await connectionsOf(server)).toBe(before + 1);
      break;
    }
    for (let turn = 0; turn < 50 && (await connectionsOf(server)) > before; turn += 1) {
      await new Promise((done) => setTimeout(done, 20));
    }
    expect(await connectionsOf(server)).toBe(before);
    engine.close();
  });

  test('that breaks off is an error for its reader, and for nobody else', async () => {
    const { path, server } = await engineThat(endless);
    const engine = await connectEngine({ socketPath: path });
    const idle = engine.events()[Symbol.asyncIterator]();
    await idle.next();
    const reading = (async () => {
      for await (const event of engine.events()) {
        expect(event.type).toBe('t');
        server.closeAllConnections();
      }
    })();
    await expect(reading).rejects.toMatchObject({ reason: 'lost', outcome: 'unknown' });
    await new Promise((done) => setTimeout(done, 50));
    await idle.return?.();
    engine.close();
  });

  test('that is called off ends, before it began and after', async () => {
    const { path } = await engineThat(endless);
    const engine = await connectEngine({ socketPath: path });
    const abort = new AbortController();
    let seen = 0;
    for await (const event of engine.events({ signal: abort.signal })) {
      expect(event.type).toBe('t');
      seen += 1;
      if (seen === 3) abort.abort();
    }
    expect(seen).toBeGreaterThanOrEqual(3);
    for await (const event of engine.events({ signal: abort.signal })) {
      throw new Error(`an event after the end: ${event.type}`);
    }
    engine.close();
  });

  test('turned raw carries bytes both ways, those that came with the head too', async () => {
    const path = await socketThat((socket) => {
      socket.once('data', () => {
        socket.write('HTTP/1.1 101 UPGRADED\r\nConnection: Upgrade\r\nUpgrade: tcp\r\n\r\nearly ');
        socket.on('data', (chunk) => socket.write(chunk));
      });
    });
    const connection = connectionTo(path);
    const socket = await connection.hijack(act);
    socket.write('echo');
    let text = '';
    for await (const chunk of socket as AsyncIterable<Buffer>) {
      text += chunk.toString();
      if (text.length >= 10) break;
    }
    expect(text).toBe('early echo');
    connection.close();
  });
});

describe('the API version', () => {
  const versions = (ApiVersion: string, MinAPIVersion: string, asked: (string | undefined)[]) =>
    engineThat(({ url }, response) => {
      asked.push(url);
      response.end(JSON.stringify({ Version: '1', ApiVersion, MinAPIVersion, Components: null }));
    });

  test.each([
    ['the newest that both know', '1.41', '1.12', '1.41'],
    ['ours with a newer engine', '1.51', '1.24', '1.44'],
    ['ours with a much newer engine', '1.100', '1.44', '1.44'],
    ['the oldest that the engine still speaks', '1.60', '1.48', '1.48'],
    ['an old one, compared as a number', '1.9', '1.5', '1.9'],
  ])('is %s', async (_name, newest, oldest, used) => {
    const asked: (string | undefined)[] = [];
    const engine = openEngine({ socketPath: (await versions(newest, oldest, asked)).path });
    await Promise.all([engine.ping(), engine.version(), engine.version()]);
    expect(asked).toEqual(['/version', `/v${used}/_ping`]);
    engine.close();
  });

  test('of something else than an engine is refused', async () => {
    const { path } = await engineThat((_request, response) => response.end('{"hello":1}'));
    await expect(connectEngine({ socketPath: path })).rejects.toMatchObject({
      reason: 'unreachable',
      message: expect.stringContaining('unknown shape'),
    });
  });
});

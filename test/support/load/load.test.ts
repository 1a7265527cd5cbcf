import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import http from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { startLoad, type LoadOptions } from './load';
import { openStream } from './stream';

type Handler = (
  request: http.IncomingMessage,
  response: http.ServerResponse,
  count: number,
) => void;

let server: http.Server;
let origin: string;
let count = 0;
let connections = 0;
let handler: Handler;

const answer = (response: http.ServerResponse, body: unknown, status = 200): void => {
  response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body));
};
const healthy: Handler = (_request, response) => answer(response, { version: 'v1' });

beforeAll(async () => {
  server = http.createServer((request, response) => handler(request, response, ++count));
  server.on('connection', () => connections++);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});

beforeEach(() => {
  count = 0;
  connections = 0;
  handler = healthy;
});

afterAll(() => {
  server.closeAllConnections();
  server.close();
});

const loadFor = async (seconds: number, options: Partial<LoadOptions> = {}) => {
  const load = await startLoad({ url: origin, rate: 100, connections: 'keep-alive', ...options });
  await sleep(seconds * 1000);
  return load.stop();
};

/** Every fifth request meets the fault, so that a report shows both sides. */
const everyFifth =
  (fault: Handler): Handler =>
  (request, response, number) =>
    number % 5 === 0 ? fault(request, response, number) : healthy(request, response, number);

describe('failures by kind', () => {
  const faults: Record<string, Handler> = {
    reset: (request) => request.socket.resetAndDestroy(),
    cut: (request, response) => {
      response.writeHead(200, { 'content-length': '100' });
      response.write('{"version":', () => request.socket.destroy());
    },
    status: (_request, response) => answer(response, { version: 'v1' }, 503),
    'bad-body': (_request, response) => response.end('<html>Welcome to nginx!</html>'),
    'mixed-versions': (_request, response) => answer(response, { version: 'v1', backend: 'v2' }),
    timeout: () => undefined,
  };

  for (const [kind, fault] of Object.entries(faults)) {
    for (const connections of ['new', 'keep-alive'] as const) {
      test(`${kind}, ${connections} connections`, async () => {
        handler = everyFifth(fault);
        const report = await loadFor(0.35, { connections, timeoutMs: 300 });
        expect(Object.keys(report.failures)).toEqual([kind]);
        expect(report.failed).toBe(Math.floor(count / 5));
        expect(report.succeeded).toBe(count - report.failed);
        expect(report.failed).toBeGreaterThan(3);
        expect(report.examples[0]?.kind).toBe(kind);
      });
    }
  }

  test('refused, when nothing listens', async () => {
    const report = await loadFor(0.3, { url: 'http://127.0.0.1:1/' });
    expect(report.failures).toEqual({ refused: report.sent });
    expect(report.sent).toBeGreaterThan(10);
  });

  test('a reset on a kept connection is the fault of the server, and is not sent again', async () => {
    const servedBefore = new WeakSet<object>();
    handler = (request, response, number) => {
      const known = servedBefore.has(request.socket);
      servedBefore.add(request.socket);
      if (known) request.socket.resetAndDestroy();
      else healthy(request, response, number);
    };
    const report = await loadFor(0.4);
    expect(report.sent).toBe(count);
    expect(report.failed).toBeGreaterThan(10);
    expect(report.examples.every((example) => example.reusedConnection)).toBe(true);
  });

  test('two versions in one answer may be allowed', async () => {
    handler = (_request, response) => answer(response, { version: 'v1', backend: 'v2' });
    expect((await loadFor(0.3, { mixed: 'allowed' })).failed).toBe(0);
  });
});

describe('what makes no failure', () => {
  test('400 requests a second, on new and on kept connections at once', async () => {
    const [fresh, kept] = await Promise.all([
      loadFor(2, { rate: 200, connections: 'new' }),
      loadFor(2, { rate: 200, connections: 'keep-alive' }),
    ]);
    expect([fresh.failures, kept.failures]).toEqual([{}, {}]);
    expect(fresh.sent / fresh.seconds).toBeGreaterThan(180);
    expect(kept.sent / kept.seconds).toBeGreaterThan(180);
    expect(connections).toBeGreaterThanOrEqual(fresh.sent);
    expect(connections).toBeLessThan(fresh.sent + kept.sent / 2);
  });

  test('a server that closes each connection after its answer, as it announced', async () => {
    handler = (_request, response) => {
      response.setHeader('connection', 'close');
      answer(response, { version: 'v1' });
    };
    expect((await loadFor(0.5)).failures).toEqual({});
  });

  test('a server that drops connections idle for some seconds: ours are given up before', async () => {
    server.keepAliveTimeout = 2400;
    const report = await loadFor(5.3, { rate: 0.4 });
    expect(report).toMatchObject({ failures: {}, sent: 3 });
    expect(connections).toBe(3);
  }, 15_000);
});

test('a stall makes every request late that was due in it, and holds none back', async () => {
  const stallEnds = Date.now() + 1500;
  handler = (_request, response) => {
    setTimeout(() => answer(response, { version: 'v1' }), Math.max(0, stallEnds - Date.now()));
  };
  const report = await loadFor(2);
  expect(report.failures).toEqual({});
  expect(report.sent).toBeGreaterThan(170);
  expect(report.latencyMs.max).toBeGreaterThan(500);
  expect(report.latencyMs.p99).toBeGreaterThan(300);
});

test('versions are told in the order they were seen, and a mark begins a new report', async () => {
  handler = (_request, response, number) =>
    answer(response, { version: number <= 30 ? 'v1' : 'v2' });
  const load = await startLoad({ url: origin, rate: 100, connections: 'new' });
  await sleep(800);
  const first = await load.mark();
  await sleep(300);
  const second = await load.stop();
  expect(first.versions.map(({ version }) => version)).toEqual(['v1', 'v2']);
  expect(first.versions[0]?.count).toBe(30);
  expect(first.versions[0]?.lastMs).toBeLessThanOrEqual(first.versions[1]?.firstMs ?? 0);
  expect(second.versions.map(({ version }) => version)).toEqual(['v2']);
  expect(first.sent + second.sent).toBe(count);
  await expect(load.mark()).rejects.toThrow('the load process has ended');
});

test('load goes to this machine only', async () => {
  await expect(
    startLoad({ url: 'http://192.0.2.1/', rate: 1, connections: 'new' }),
  ).rejects.toThrow('this machine only');
});

describe('open streams', () => {
  const event = (fields: object): string =>
    `data: ${JSON.stringify({ version: 'v1', ...fields })}\n\n`;

  test('a stream that came whole', async () => {
    handler = (_request, response) =>
      response.end(event({ number: 0 }) + event({ number: 1 }) + event({ end: 2 }));
    const stream = openStream({ url: origin, seconds: 0.2 });
    await stream.opened;
    expect(await stream.ended).toMatchObject({ completed: true, events: 3, versions: ['v1'] });
  });

  test('a connection that was cut', async () => {
    handler = (request, response) => {
      response.write(event({ number: 0 }));
      setTimeout(() => request.socket.destroy(), 50);
    };
    const stream = openStream({ url: origin, seconds: 0.2 });
    await stream.opened;
    expect(await stream.ended).toMatchObject({ completed: false, error: 'aborted' });
  });

  test('an end that came too early, though in good order', async () => {
    handler = (_request, response) => response.end(event({ number: 0 }));
    const report = await openStream({ url: origin, seconds: 0.2 }).ended;
    expect(report).toMatchObject({
      completed: false,
      error: 'the stream ended before its last event',
    });
  });

  test('an event that was lost on the way', async () => {
    handler = (_request, response) => response.end(event({ number: 1 }) + event({ end: 2 }));
    expect((await openStream({ url: origin, seconds: 0.2 }).ended).completed).toBe(false);
  });

  test('a refusal', async () => {
    handler = (_request, response) => answer(response, {}, 502);
    const stream = openStream({ url: origin, seconds: 0.2 });
    await expect(stream.opened).rejects.toThrow('status 502');
    expect((await stream.ended).completed).toBe(false);
  });
});

// A web app with its worker and its migration that is ready at once, so that a whole release takes seconds. Its environment makes it misbehave.
import { Buffer } from 'node:buffer';
import console from 'node:console';
import { createHash } from 'node:crypto';
import http from 'node:http';
import process from 'node:process';
import { clearInterval, setInterval, setTimeout } from 'node:timers';
import { URL } from 'node:url';

const { APP_VERSION: version = 'dev' } = process.env;
const knob = (name) => Number(process.env[name] || 0);

/** When a visitor first came through the proxy: the moment of the switch, as far as an app can know it. */
let firstVisit = Infinity;
const visitedFor = (seconds) => Date.now() - firstVisit >= seconds * 1000;

const isHealthy = () => {
  if (knob('NEVER_HEALTHY')) return false;
  return !(knob('FAIL_AFTER_SWITCH') && visitedFor(knob('FAIL_AFTER_SWITCH')));
};

const answers = {
  '/healthz': () => [isHealthy() ? 200 : 503, { status: isHealthy() ? 'healthy' : 'sick' }],
  '/environment': () => [200, process.env],
};

/** Server-sent events, four a second, for as long as the visitor asks; the last one tells how many came before. */
const stream = (response, seconds) => {
  response.writeHead(200, { 'content-type': 'text/event-stream', 'x-accel-buffering': 'no' });
  let number = 0;
  const send = (event) => response.write(`data: ${JSON.stringify({ version, ...event })}\n\n`);
  const timer = setInterval(() => {
    if (number < seconds * 4) return send({ number: number++ });
    clearInterval(timer);
    send({ end: number });
    return response.end();
  }, 250);
  response.on('close', () => clearInterval(timer));
};

/** A WebSocket that is sent its number four times a second, for as long as the visitor asked, and is then closed. */
const socket = (request, connection) => {
  const key = request.headers['sec-websocket-key'];
  const accept = createHash('sha1')
    .update(`${key}258EAFA5-E914-47DA-95CA-C5AB0DC85B11`)
    .digest('base64');
  connection.write(
    `HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Accept: ${accept}\r\n\r\n`,
  );
  const frame = (kind, content) =>
    connection.write(Buffer.concat([Buffer.from([kind, content.length]), content]));
  const { searchParams } = new URL(request.url, 'http://dinghy.test');
  let number = 0;
  const timer = setInterval(() => {
    if (number < Number(searchParams.get('seconds')) * 4)
      return frame(0x81, Buffer.from(JSON.stringify({ version, number: number++ })));
    clearInterval(timer);
    frame(0x88, Buffer.from([0x03, 0xe8]));
    return connection.end();
  }, 250);
  connection.on('error', () => clearInterval(timer));
  connection.on('close', () => clearInterval(timer));
};

const serve = () => {
  console.log(`version ${version} begins`);
  if (knob('NEVER_HEALTHY')) console.log('the sails are torn');
  const server = http.createServer((request, response) => {
    if (request.headers['x-forwarded-for'] !== undefined && firstVisit === Infinity) {
      firstVisit = Date.now();
      if (knob('CRASH_AFTER_SWITCH')) {
        setTimeout(
          () => {
            console.log('the mast has broken');
            process.exit(3);
          },
          knob('CRASH_AFTER_SWITCH') * 1000,
        );
      }
    }
    const { pathname, searchParams } = new URL(request.url, 'http://dinghy.test');
    if (pathname === '/api/stream') return stream(response, Number(searchParams.get('seconds')));
    const [status, body] = (answers[request.url] ?? (() => [200, {}]))();
    const text = JSON.stringify({ ...body, version });
    response.writeHead(status, { 'content-type': 'application/json', 'x-app-version': version });
    return response.end(text);
  });
  server.on('upgrade', socket);
  setTimeout(() => server.listen(8080), knob('BOOT_SECONDS') * 1000);
  process.on('SIGTERM', () => server.close(() => process.exit(0)));
};

const work = () => {
  console.log(`worker of ${version} begins`);
  setInterval(() => undefined, 1000);
  process.on('SIGTERM', () => process.exit(0));
};

const migrate = () => {
  console.log('moving the cargo');
  setTimeout(
    () => {
      if (knob('FAIL_MIGRATION')) {
        console.error('the cargo is too heavy');
        process.exit(4);
      }
      console.log('the cargo is moved');
    },
    knob('MIGRATION_SECONDS') * 1000,
  );
};

const schema = () => console.log(`schema-of-${version}`);

({ serve, work, migrate, schema })[process.argv[2]]();

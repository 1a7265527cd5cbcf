// The frontend of the sample app: shows its own version and the one of the backend it reaches by the plain name `backend`.
import { Buffer } from 'node:buffer';
import http from 'node:http';
import process from 'node:process';
import { setTimeout } from 'node:timers';

const {
  APP_VERSION: version = 'dev',
  BACKEND_URL: backend = 'http://backend:8000',
  PORT: port = '3000',
} = process.env;
const knob = (name) => Number(process.env[name] || 0);

// No keep-alive towards the backend: a kept connection that the backend just closed would fail a request of this app, not of its deployer.
const agent = new http.Agent({ keepAlive: false });

const backendVersion = () =>
  new Promise((resolve, reject) => {
    const request = http.get(`${backend}/api/version`, { agent, timeout: 10_000 }, (response) => {
      response.resume();
      response
        .on('end', () => resolve(response.headers['x-app-version'] ?? 'unknown'))
        .on('error', reject);
    });
    request
      .on('timeout', () => request.destroy(new Error('the backend did not answer within 10 s')))
      .on('error', reject);
  });

const answer = (response, status, body) => {
  const text = JSON.stringify({ version, ...body });
  response.writeHead(status, {
    'content-type': 'application/json',
    'content-length': Buffer.byteLength(text),
    'x-app-version': version,
  });
  response.end(text);
};

const server = http.createServer((request, response) => {
  if (knob('FRONTEND_NEVER_HEALTHY')) return answer(response, 503, { status: 'unhealthy' });
  if (request.url === '/healthz') return answer(response, 200, { status: 'healthy' });
  backendVersion().then(
    (found) => answer(response, 200, { backend: found }),
    (error) => answer(response, 502, { error: error.message }),
  );
});

setTimeout(() => server.listen(Number(port)), knob('FRONTEND_BOOT_SECONDS') * 1000);
if (knob('FRONTEND_CRASH_AFTER'))
  setTimeout(() => process.exit(3), knob('FRONTEND_CRASH_AFTER') * 1000);
process.on('SIGTERM', () => server.close(() => process.exit(0)));

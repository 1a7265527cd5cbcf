// An app that is ready at once, so that what is left of a deploy is the tool's own time. FAIL_AFTER_MS counts from the first request that
// came through the proxy: from then on /health is bad.
import { createServer } from 'node:http';
import { performance } from 'node:perf_hooks';
import process from 'node:process';

const failAfterMs = Number(process.env.FAIL_AFTER_MS ?? Infinity);
let servedSince = Infinity;

const server = createServer((request, response) => {
  if (request.headers['x-forwarded-for'] !== undefined && servedSince === Infinity)
    servedSince = performance.now();
  const bad = request.url === '/health' && performance.now() - servedSince > failAfterMs;
  response.writeHead(bad ? 503 : 200, { 'content-type': 'application/json' });
  response.end(JSON.stringify({ version: process.env.VERSION }));
});

server.listen(8000);
process.on('SIGTERM', () => process.exit());

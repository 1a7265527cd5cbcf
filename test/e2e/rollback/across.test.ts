import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { changeStack, readStackFile, runningServices } from '../../support/release/services';
import { openSite, stackFolder, type Site } from '../../support/release/site';
import { letVisitorsIn, type Visitors } from '../../support/release/visitors';
import { readRecords, snapshot } from '../../support/release/facts';

let site: Site<'v1' | 'v2' | 'v3'>;
let visitors: Visitors;

const image = '127.0.0.1:5000/shiplock-dinghy/app:${IMAGE_TAG:-v1}';
const health = { path: '/healthz', interval: '200ms', deadline: '20s' };
const worker = { health: { command: 'true', interval: '200ms' } };
/** The app on another port than it was written for. */
const listenElsewhere =
  "data:text/javascript,import net from 'node:net';const{listen}=net.Server.prototype;net.Server.prototype.listen=function(port,...more){return listen.call(this,9090,...more)}";

/** Two releases with other services, another port, another environment, volume and network. */
const older = { release: { web: { port: 8080, health }, worker } };
const newer = {
  release: {
    web: { port: 9090, health: { ...health, port: 9090 } },
    api: { port: 8080, health },
    reports: worker,
  },
};

const newerStack = {
  services: {
    worker: null,
    web: {
      command: ['node', '--import', listenElsewhere, 'app.mjs', 'serve'],
      environment: { STORE: 'redis://store:6379', CARGO: 'oranges' },
      volumes: ['cargo:/cargo'],
      networks: ['default', 'quay'],
    },
    api: { image, restart: 'unless-stopped' },
    reports: { image, command: ['node', 'app.mjs', 'work'], restart: 'unless-stopped' },
  },
  volumes: { cargo: {} },
  networks: { quay: {} },
};

const ofFirst = ['web of 1-v1', 'worker of 1-v1'];
const ofSecond = ['api of 2-v2', 'reports of 2-v2', 'web of 2-v2'];

/** The team routes to its new service; nginx reads that with the next include. */
const routeToApi = async (): Promise<void> => {
  const path = `${stackFolder}/nginx/conf.d/dinghy.conf`;
  const line = '  location /api/ { proxy_pass http://$shiplock_api; }';
  await site.server.exec(['sed', '-i', `s|^  location / {|${line}\\n&|`, path]);
};

const get = async (path: string): Promise<{ status: number; body: Record<string, string> }> => {
  const answer = await fetch(`${site.origin}${path}`, { headers: { connection: 'close' } });
  const text = await answer.text();
  return {
    status: answer.status,
    body: text.startsWith('{') ? (JSON.parse(text) as Record<string, string>) : {},
  };
};

/** Rolls back from today's checkout; what runs and answers then, and what visitors met. */
async function rollBack(inputs: Record<string, string> = {}) {
  const result = await site.rollback(inputs);
  if (result.exitCode !== 0) throw new Error(`it did not arrive:\n${result.log}`);
  const { body } = await get('/environment');
  return {
    services: await runningServices(site.server),
    serving: await site.serving(),
    cargo: body['CARGO'],
    token: body['TOKEN'],
    api: (await get('/api/')).status,
    failures: await visitors.failures(),
    log: result.log,
    summary: result.summary,
  };
}

const first = { services: ofFirst, serving: 'v1', cargo: undefined, api: 502, failures: [] };
const second = { services: ofSecond, serving: 'v2', cargo: 'oranges', api: 200, failures: [] };

beforeAll(async () => {
  site = await openSite({ name: 'across', versions: { v1: {}, v2: {}, v3: {} }, config: older });
  await site.arrive('v1');
  await changeStack(site, await readStackFile(site), newerStack);
  await site.configure(newer);
  await routeToApi();
  // A new route is a reload of nginx, which resets idle connections; all that follows is none.
  await site.arrive('v2');
  visitors = await letVisitorsIn(site, 50);
}, 600_000);

afterAll(async () => {
  await visitors.stop();
  await site.close();
});

test('a release may change services, a port, routes, environment, volumes and networks', async () => {
  expect(await runningServices(site.server)).toEqual(ofSecond);
  expect((await get('/api/')).status).toBe(200);
  expect((await get('/environment')).body['CARGO']).toBe('oranges');
});

describe('a rollback over all these changes, and forward again', () => {
  test('with the containers stopped', async () => {
    const back = await rollBack();
    expect(back).toMatchObject(first);
    expect(back.log).toMatch(/its containers are still there/);
    expect(back.summary).toContain('unknown whether it is still the schema of `1-v1`');
    expect(back.summary).toContain('none is on record');
    expect(await rollBack({ version: 'v2' })).toMatchObject(second);
  });

  test('with the containers running', async () => {
    await site.configure({ ...newer, 'keep-old': 'running' });
    const inputs = { 'keep-old': 'running' };
    await rollBack(inputs);
    // Of the release that it came from, what the proxy knows runs on.
    const warm = await rollBack({ version: 'v2', ...inputs });
    expect(warm).toMatchObject({ ...second, services: [...ofSecond, 'web of 1-v1'].sort() });
    const again = await rollBack(inputs);
    const kept = ['api of 2-v2', 'web of 2-v2'];
    expect(again).toMatchObject({ ...first, services: [...kept, ...ofFirst].sort() });
    expect(again.log.indexOf('serves, confirmed')).toBeLessThan(again.log.indexOf('worker'));
    await site.configure(newer);
    expect(await rollBack({ version: 'v2' })).toMatchObject(second);
  });

  test('with containers made again for today’s secrets, while the registry is away', async () => {
    await site.server.cutOff('registry');
    try {
      const env = 'TOKEN=today';
      expect(await rollBack({ env })).toMatchObject({ ...first, token: 'today' });
      expect(await rollBack({ version: 'v2', env })).toMatchObject({ ...second, token: 'today' });
    } finally {
      await site.server.reconnect('registry');
    }
  });
});

describe('what a rollback cannot do', () => {
  test('a version that nobody knows is answered by a list of those that are there', async () => {
    const before = await snapshot(site.server);
    const result = await site.rollback({ version: 'v9' });
    expect(result.exitCode).toBe(3);
    expect(result.log).toMatch(/v9 is not on record/);
    expect(result.log).toMatch(/on record are 1-v1 \(good\)/);
    expect(await snapshot(site.server)).toBe(before);
  });

  test('images that are gone everywhere are named, and nothing is touched', async () => {
    const { releases } = await readRecords(site.server);
    const gone = releases.find(({ id }) => id === '1-v1')?.services[0]?.image ?? '';
    await site.server.cutOff('registry');
    try {
      const filter = ['--filter', 'label=shiplock.release=1-v1'];
      const ids = (await site.server.docker(['ps', '--all', '--quiet', ...filter])).split('\n');
      await site.server.docker(['rm', ...ids]);
      await site.server.docker(['image', 'rm', gone]);
      const before = await snapshot(site.server);
      const result = await site.rollback({ version: 'v1' });
      expect(result.exitCode).toBe(3);
      expect(result.log).toContain(`${gone} is neither on this server nor to be had`);
      expect(await snapshot(site.server)).toBe(before);
    } finally {
      await site.server.reconnect('registry');
    }
    expect(await visitors.failures()).toEqual([]);
  });

  test('with the registry back the same release is made again', async () => {
    expect(await rollBack({ version: 'v1' })).toMatchObject(first);
  });
});

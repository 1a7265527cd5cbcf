import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { readFile, writeFile } from 'node:fs/promises';
import http from 'node:http';
import { join } from 'node:path';
import { visitThrough, whole } from '../../support/long-visits';
import { answerAfterMove } from '../../support/moved-container';
import { baseFolder, openSite, stackFolder, type Site } from '../../support/release/site';
import { letVisitorsIn, type Visitors } from '../../support/release/visitors';
import type { RunResult } from '../../support/runner/runner';

const health = { path: '/healthz', interval: '200ms', deadline: '20s' };
const web = { port: 8080, health };
const config = { release: { web }, drain: '20s' };
const twoServices = { ...config, release: { web, api: web } };
const staging = {
  ...config,
  environments: { staging: {} },
  verify: [{ url: 'http://staging.test/healthz', interval: '200ms', deadline: '10s' }],
};
const skiff = {
  ...config,
  app: 'skiff',
  proxy: { kind: 'nginx', service: 'nginx', 'config-dir': 'nginx/shiplock', 'shared-block': true },
};

const block = (names: string, ...lines: readonly string[]): string => `server {
  listen 80${names.includes('dinghy.test') ? ' default_server' : ''};
  server_name ${names};
  proxy_http_version 1.1;
  proxy_set_header Host $host;
  proxy_set_header Upgrade $http_upgrade;
  proxy_set_header Connection $http_connection;
  proxy_set_header X-Forwarded-For $proxy_add_x_forwarded_for;
  ${lines.join('\n  ')}
}
`;
const include = (name: string): string => `include /etc/nginx/shiplock/${name}.conf;`;
const pass = (path: string, variable: string): string =>
  `location ${path} { proxy_pass http://$shiplock_${variable}; }`;
const dinghyBlock = block('dinghy.test', include('dinghy-production'), pass('/', 'web'));
const apiBlock = block('api.test', include('dinghy-production'), pass('/', 'api'));
const stagingBlock = block('staging.test', include('dinghy-staging'), pass('/', 'web'));
const sharedBlock = block(
  'dinghy.test',
  include('dinghy-production'),
  include('skiff-production'),
  pass('/', 'web'),
  pass('/skiff/', 'skiff_production_web'),
);

let site: Site<'v1' | 'v2' | 'v3' | 'v4'>;
let visitors: Visitors;

const asRoot = async (script: string): Promise<string> => {
  const { code, stdout, stderr } = await site.server.exec(['sh', '-ec', script]);
  if (code !== 0) throw new Error(`${script}: ${stdout}${stderr}`);
  return stdout;
};
const writeSites = (...blocks: readonly string[]): Promise<void> =>
  site.server.writeFile(
    `${stackFolder}/nginx/conf.d/dinghy.conf`,
    blocks.join('\n'),
    '644',
    'deploy',
  );
const nginx = (...words: readonly string[]): Promise<string> =>
  site.server.docker(['exec', 'dinghy-nginx-1', 'nginx', ...words]);

const keptOpen = new http.Agent({ keepAlive: true, maxSockets: 1 });
/** The version that answers for a host. */
function versionAt(host: string, path = '/'): Promise<string> {
  return new Promise((resolve, reject) => {
    const options = { agent: keptOpen, headers: { host }, timeout: 3000 };
    const request = http.get(`${site.origin}${path}`, options, (response) => {
      response.resume();
      resolve(String(response.headers['x-app-version'] ?? response.statusCode));
    });
    request.on('timeout', () => request.destroy(new Error('no answer within 3 s')));
    request.on('error', reject);
  });
}
const arrived = ({ exitCode, log }: RunResult): void => {
  expect([exitCode, exitCode === 0 ? '' : log]).toEqual([0, '']);
};
/** Does on the server what the refusal of an app that is not prepared says about its file. */
async function writeAsTold({ exitCode, log }: RunResult): Promise<void> {
  expect(exitCode).toBe(3);
  const text = /^(mkdir -p [^]*?\nEND)$/m.exec(log)?.[1];
  expect(text).toBeDefined();
  expect((await site.server.exec(['sh', '-ec', text ?? ''], { user: 'deploy' })).code).toBe(0);
}

beforeAll(async () => {
  site = await openSite({ name: 'many', versions: { v1: {}, v2: {}, v3: {}, v4: {} }, config });
  const file = join(site.workspace, 'docker-compose.yml');
  const text = await readFile(file, 'utf8');
  const api = text.slice(text.indexOf('  web:'), text.indexOf('  worker:')).replace('web:', 'api:');
  await writeFile(file, text.replace('  worker:', `${api}  worker:`));
  await writeSites(dinghyBlock);
  await site.arrive('v1');
  visitors = await letVisitorsIn(site);
}, 600_000);

afterAll(async () => {
  keptOpen.destroy();
  await visitors.stop();
  await site.close();
});

test('a location that names a new service waits for the release that brings it', async () => {
  await writeSites(dinghyBlock, apiBlock);
  await expect(nginx('-t')).rejects.toThrow(/unknown "shiplock_api" variable/);
  await site.configure(twoServices);
  arrived(await site.deploy('v2'));
  expect([await versionAt('dinghy.test'), await versionAt('api.test')]).toEqual(['v2', 'v2']);
  // nginx was reloaded for the new route, which closes kept connections.
  await visitors.failures();
}, 120_000);

test('services behind several hosts change at the same instant; open streams live on until they end', async () => {
  const seen: string[] = [];
  let over = false as boolean;
  const watch = (async () => {
    while (!over) for (const host of ['dinghy.test', 'api.test']) seen.push(await versionAt(host));
  })();
  const run = site.startDeploy('v3');
  const { result, stayed, ended } = await visitThrough(run, site.origin, 'api.test');
  over = true;
  await watch;
  arrived(result);
  // Whoever has seen the new version once, on whichever host, never sees the old one again.
  expect(seen.join(' ')).toMatch(/^(v2 )+(v3 ?)+$/);
  expect(stayed).toBe(true);
  expect(ended).toMatchObject([whole('v2'), whole('v2')]);
  expect(await visitors.failures()).toEqual([]);
}, 120_000);

test('a container that comes back under another address is reached again within 5 s', async () => {
  const ask = () => versionAt('api.test');
  expect(await answerAfterMove(site.server, 'api', 'v3', ask)).toBe('v3');
}, 60_000);

test('an include that nginx has not read yet, because its deploy died in between, is read by the next one', async () => {
  // A deploy cannot be made to die between the two; this is the note that it leaves.
  await asRoot(`install -o deploy -m 600 /dev/null ${baseFolder}/include.pending`);
  const workers = () => asRoot('pgrep -f "nginx: worker process$" | sort');
  const before = await workers();
  arrived(await site.deploy('v4'));
  expect(await workers()).not.toBe(before);
  expect((await site.server.exec(['test', '-e', `${baseFolder}/include.pending`])).code).toBe(1);
  await visitors.failures();
}, 120_000);

describe('others behind the same nginx', () => {
  test('another environment in a server block of its own', async () => {
    await site.configure(staging);
    await writeAsTold(await site.deploy('v1'));
    await writeSites(dinghyBlock, apiBlock, stagingBlock);
    await nginx('-s', 'reload');
    arrived(await site.deploy('v1'));
    expect([await versionAt('dinghy.test'), await versionAt('staging.test')]).toEqual(['v4', 'v1']);
  }, 120_000);

  test('another app in the very same server block', async () => {
    await site.configure(skiff);
    await writeAsTold(await site.deploy('v1'));
    await writeSites(sharedBlock, apiBlock, stagingBlock);
    await nginx('-s', 'reload');
    arrived(await site.deploy('v1'));
    const all = ['/', '/skiff/'].map((path) => versionAt('dinghy.test', path));
    expect(await Promise.all(all)).toEqual(['v4', 'v1']);
  }, 120_000);

  test('each is released and brought back without the others', async () => {
    arrived(await site.deploy('v2'));
    const served = async () => [
      await versionAt('dinghy.test'),
      await versionAt('dinghy.test', '/skiff/'),
      await versionAt('staging.test'),
      await versionAt('api.test'),
    ];
    expect(await served()).toEqual(['v4', 'v2', 'v1', 'v4']);
    expect(await site.rollback()).toMatchObject({ exitCode: 0 });
    expect(await served()).toEqual(['v4', 'v1', 'v1', 'v4']);
  }, 120_000);

  test('two apps that both take a block for their own are refused by nginx before any of them loses a request', async () => {
    const both = sharedBlock
      .replace('skiff-production', 'dinghy-staging')
      .replace('skiff_production_web', 'web');
    await writeSites(both, apiBlock);
    await expect(nginx('-t')).rejects.toThrow(/"resolver" directive is duplicate/);
    expect(await versionAt('dinghy.test')).toBe('v4');
    await visitors.failures();
  }, 60_000);
});

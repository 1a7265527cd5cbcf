import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { writeFile } from 'node:fs/promises';
import http from 'node:http';
import { join } from 'node:path';
import { openSite, type Site } from '../../support/release/site';
import type { RunResult } from '../../support/runner/runner';

const edgeFolder = '/srv/edge';
/** A stack of its own whose nginx serves the whole server, and which has a service that is called like one of the app. */
const edge = `services:
  nginx:
    image: 127.0.0.1:5000/shiplock-sample/nginx:1.26
    ports: ['80:80']
    volumes: ['./conf.d:/etc/nginx/conf.d:ro', './shiplock:/etc/nginx/shiplock:ro']
  web:
    image: 127.0.0.1:5000/shiplock-sample/redis:8
`;
const app = (networks: string): string => `services:
  web:
    image: 127.0.0.1:5000/shiplock-dinghy/app:\${IMAGE_TAG:-v1}
    networks: [${networks}]
networks:
  edge: { name: edge_default, external: true }
`;
const config = {
  release: { web: { port: 8080, health: { path: '/healthz', interval: '200ms' } } },
  proxy: {
    kind: 'nginx',
    project: 'edge',
    service: 'nginx',
    'config-dir': `${edgeFolder}/shiplock`,
  },
};
const staging = {
  ...config,
  directory: '/srv/dinghy-staging',
  project: 'dinghy-staging',
  verify: [{ url: 'http://staging.test/healthz', interval: '200ms', deadline: '10s' }],
  environments: { staging: {} },
};
const block = (host: string, environment: string): string => `server {
  listen 80;
  server_name ${host}.test;
  include /etc/nginx/shiplock/dinghy-${environment}.conf;
  location / { proxy_pass http://$shiplock_web; }
}
`;
const others = 'server { listen 80 default_server; location / { proxy_pass http://web:6379; } }\n';

let site: Site<'v1' | 'v2'>;

const asDeploy = async (script: string): Promise<void> => {
  const end = await site.server.exec(['sh', '-ec', script], { user: 'deploy', timeoutMs: 120_000 });
  if (end.code !== 0) throw new Error(`${script}: ${end.stdout}${end.stderr}`);
};
const writeBlocks = async (...blocks: readonly string[]): Promise<void> => {
  const file = `${edgeFolder}/conf.d/sites.conf`;
  await site.server.writeFile(file, blocks.join(''), '644', 'deploy');
  await site.server.docker(['exec', 'edge-nginx-1', 'nginx', '-s', 'reload']);
};
const writeApp = (networks: string): Promise<void> =>
  writeFile(join(site.workspace, 'docker-compose.yml'), app(networks));
async function writeAsTold({ exitCode, log }: RunResult): Promise<void> {
  expect([exitCode, log]).toEqual([3, expect.stringContaining('docker compose -p edge exec')]);
  await asDeploy(/^(mkdir -p [^]*?\nEND)$/m.exec(log)?.[1] ?? 'false');
}
const arrived = ({ exitCode, log }: RunResult): void => {
  expect([exitCode, exitCode === 0 ? '' : log]).toEqual([0, '']);
};
const versionAt = (host: string): Promise<unknown> =>
  new Promise((resolve, reject) => {
    const request = http.get(site.origin, { headers: { host }, agent: false }, (response) => {
      response.resume();
      resolve(response.headers['x-app-version']);
    });
    request.on('error', reject);
  });

beforeAll(async () => {
  site = await openSite({ name: 'edge', versions: { v1: {}, v2: {} }, config });
  await writeApp('default, edge');
  await site.server.exec(['install', '-d', '-o', 'deploy', edgeFolder, '/srv/dinghy-staging']);
  await site.server.writeFile(`${edgeFolder}/docker-compose.yml`, edge, '644', 'deploy');
  await asDeploy(`cd ${edgeFolder} && mkdir conf.d shiplock && docker compose -p edge up --detach`);
  await writeBlocks(others);
}, 600_000);

afterAll(() => site.close());

test('a service that the proxy could not reach is refused, and a proxy that does not run', async () => {
  await writeApp('default');
  const alone = await site.deploy('v1');
  expect([alone.exitCode, alone.log]).toEqual([
    3,
    expect.stringContaining('has no network in common with the proxy nginx of the project edge'),
  ]);
  expect(alone.log).toContain('join one of edge_default as an external network');
  await writeApp('default, edge');
  await site.configure({ ...config, proxy: { ...config.proxy, project: 'elsewhere' } });
  const absent = await site.deploy('v1');
  expect([absent.exitCode, absent.log]).toEqual([
    3,
    expect.stringContaining('nginx of the project elsewhere does not run on this server'),
  ]);
  await site.configure(config);
}, 120_000);

test('two environments of one app behind it are prepared as told, and do not see each other', async () => {
  await writeAsTold(await site.deploy('v1'));
  await writeBlocks(others, block('dinghy', 'production'));
  arrived(await site.deploy('v1'));
  expect(await versionAt('dinghy.test')).toBe('v1');

  await site.configure(staging);
  await writeAsTold(await site.deploy('v2'));
  await writeBlocks(others, block('dinghy', 'production'), block('staging', 'staging'));
  arrived(await site.deploy('v2'));
  expect([await versionAt('dinghy.test'), await versionAt('staging.test')]).toEqual(['v1', 'v2']);
}, 240_000);

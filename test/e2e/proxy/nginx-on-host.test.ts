import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { visitThrough, whole } from '../../support/long-visits';
import { readContainers, readRecords } from '../../support/release/facts';
import { openSite, stackFolder, type Site } from '../../support/release/site';
import { letVisitorsIn, type Visitors } from '../../support/release/visitors';

/** The stack of a team whose nginx is a package of the server: the app publishes a port, and no service is a proxy. */
const compose = `services:
  web:
    image: 127.0.0.1:5000/shiplock-dinghy/app:\${IMAGE_TAG:-v1}
    ports: ['127.0.0.1:8000:8080']
    restart: unless-stopped
`;
const site80 = (lines: string, target: string): string => `server {
  listen 80 default_server;
  server_name dinghy.test;
${lines}
  proxy_http_version 1.1;
  proxy_set_header Upgrade $http_upgrade;
  proxy_set_header Connection $http_connection;
  proxy_set_header X-Forwarded-For $proxy_add_x_forwarded_for;
  location / {
    proxy_pass ${target};
  }
}
`;
const siteFile = '/etc/nginx/sites-enabled/default';
const sudoers = '/etc/sudoers.d/shiplock-dinghy';
const config = {
  release: {
    web: { port: 8080, health: { path: '/healthz', interval: '200ms', deadline: '20s' } },
  },
  proxy: { kind: 'nginx', 'config-dir': '/etc/nginx/shiplock' },
};

let site: Site<'v0' | 'v1' | 'v2' | 'v3'>;
let visitors: Visitors;

const asRoot = async (script: string): Promise<string> => {
  const { code, stdout, stderr } = await site.server.exec(['sh', '-ec', script]);
  if (code !== 0) throw new Error(`${script}: ${stdout}${stderr}`);
  return stdout;
};
const nginxMaster = (): Promise<string> => asRoot('cat /run/nginx.pid');
const nginxWorkers = async (): Promise<string> =>
  asRoot(`pgrep -P ${(await nginxMaster()).trim()} | sort | tr '\n' ' '`);
/** Ports that the app's containers publish, running or not: `blue 127.0.0.1:21000 running`. */
const published = async (): Promise<readonly string[]> => {
  const containers = await readContainers(site.server);
  const own = containers.filter(({ labels }) => labels['shiplock.role'] === 'service');
  const format =
    '{{range $p, $b := .HostConfig.PortBindings}}{{range $b}}{{.HostIp}}:{{.HostPort}}{{end}}{{end}}';
  const bindings = await Promise.all(
    own.map(({ id }) => site.server.docker(['inspect', '--format', format, id])),
  );
  return own
    .map(
      ({ labels, state }, at) =>
        `${labels['shiplock.slot'] ?? ''} ${(bindings[at] ?? '').trim()} ${state}`,
    )
    .sort();
};

beforeAll(async () => {
  site = await openSite({
    name: 'hostnginx',
    versions: { v0: {}, v1: {}, v2: {}, v3: {} },
    config,
  });
  await writeFile(join(site.workspace, 'docker-compose.yml'), compose);
  await site.server.writeFile(`${stackFolder}/docker-compose.yml`, compose, '644', 'deploy');
  await site.server.writeFile(siteFile, site80('', 'http://127.0.0.1:8000'), '644', 'root');
  await asRoot(
    `cd ${stackFolder} && IMAGE_TAG=v0 docker compose -p dinghy up --detach --quiet-pull && sed -i 's/worker_connections .*;/worker_connections 8192;/' /etc/nginx/nginx.conf && nginx`,
  );
  visitors = await letVisitorsIn(site);
}, 600_000);

afterAll(async () => {
  await visitors.stop();
  await site.close();
});

test('a server that is not prepared is told what to allow and what to write, which is enough', async () => {
  const first = await site.deploy('v1');
  expect(first).toMatchObject({ exitCode: 3 });
  const folder = /sudo (install -d -o deploy \/etc\/nginx\/shiplock)/.exec(first.log)?.[1];
  const allow =
    /(deploy ALL=\(root\) NOPASSWD: \/usr\/sbin\/nginx -T, \/usr\/sbin\/nginx -s reload)/.exec(
      first.log,
    )?.[1];
  expect([folder, allow]).toEqual([expect.any(String), expect.any(String)]);
  await asRoot(folder ?? '');
  await site.server.writeFile(sudoers, `${allow ?? ''}\n`, '440', 'root');

  const second = await site.deploy('v1');
  expect(second).toMatchObject({ exitCode: 3 });
  expect(second.log).toMatch(
    /"proxy_pass http:\/\/127\.0\.0\.1:8000;" leads to the web from before the first release/,
  );
  const file = /(mkdir -p [^]*?\nEND)\n/.exec(second.log)?.[1];
  const written = await site.server.exec(['sh', '-ec', file ?? ''], { user: 'deploy' });
  expect(written.code).toBe(0);
  const include = '  include /etc/nginx/shiplock/dinghy-production.conf;';
  expect(second.log).toContain(include.trim());
  await site.server.writeFile(siteFile, site80(include, 'http://$shiplock_web'), '644', 'root');
  // A reload closes kept connections; whoever is on one has left when the old workers are gone.
  await asRoot(`nginx -t && old=$(pgrep -P $(cat /run/nginx.pid)) && nginx -s reload
    for pid in $old; do while kill -0 $pid 2>/dev/null; do sleep 0.2; done; done; sleep 1`);
  expect(await site.serving()).toBe('v0');
}, 120_000);

test('the first release takes over from the published port, through ports of its own on the loopback', async () => {
  await visitors.failures();
  const workers = await nginxWorkers();
  const { exitCode, log } = await site.deploy('v1');
  expect([exitCode, exitCode === 0 ? '' : log]).toEqual([0, '']);
  expect(await visitors.failures()).toEqual([]);
  expect(await published()).toEqual(['blue 127.0.0.1:21000 running']);
  const [release] = (await readRecords(site.server)).releases.filter(
    ({ version }) => version === 'v1',
  );
  expect(release?.services[0]?.loopback).toEqual({ blue: 21000, green: 21001 });
  // The include that was pasted is the one that the release wanted: no reload, no new workers.
  expect(await nginxWorkers()).toBe(workers);
  expect(await site.serving()).toBe('v1');
}, 120_000);

test('a release that keeps its routes needs no right to touch nginx, and cuts no stream', async () => {
  await asRoot(`rm ${sudoers}`);
  const workers = await nginxWorkers();
  const run = site.startDeploy('v2', { drain: '20s' });
  const { result, stayed, ended } = await visitThrough(run, site.origin, 'dinghy.test');
  expect([result.exitCode, result.exitCode === 0 ? '' : result.log]).toEqual([0, '']);
  expect(stayed).toBe(true);
  expect(ended).toMatchObject([whole('v1'), whole('v1')]);
  expect(await visitors.failures()).toEqual([]);
  expect(await published()).toEqual([
    'blue 127.0.0.1:21000 exited',
    'green 127.0.0.1:21001 running',
  ]);
  expect(await nginxWorkers()).toBe(workers);
  expect(await site.serving()).toBe('v2');
}, 120_000);

test('back and forth again, warm, on the recorded ports', async () => {
  expect(await site.rollback()).toMatchObject({ exitCode: 0 });
  expect(await site.serving()).toBe('v1');
  expect(await site.rollback({ version: 'v2' })).toMatchObject({ exitCode: 0 });
  expect(await site.serving()).toBe('v2');
  expect(await visitors.failures()).toEqual([]);
}, 120_000);

test('a port that another program has taken meanwhile is left to it, once nginx may be reloaded', async () => {
  await asRoot('socat TCP-LISTEN:21000,bind=127.0.0.1,fork,reuseaddr /dev/null & sleep 0.2');
  const refused = await site.deploy('v3');
  expect([refused.exitCode, refused.log]).toEqual([
    3,
    expect.stringContaining('NOPASSWD: /usr/sbin/nginx'),
  ]);
  expect(await site.serving()).toBe('v2');
  await site.server.writeFile(
    sudoers,
    'deploy ALL=(root) NOPASSWD: /usr/sbin/nginx\n',
    '440',
    'root',
  );
  const { exitCode, log } = await site.deploy('v3');
  expect([exitCode, exitCode === 0 ? '' : log]).toEqual([0, '']);
  expect(await published()).toEqual([
    'blue 127.0.0.1:21002 running',
    'green 127.0.0.1:21001 exited',
  ]);
  expect(await site.serving()).toBe('v3');
}, 120_000);

test('replicas that one port cannot reach are refused with what to do', async () => {
  await writeFile(join(site.workspace, 'docker-compose.yml'), `${compose}    scale: 2\n`);
  const { exitCode, log } = await site.deploy('v3');
  expect([exitCode, log]).toEqual([3, expect.stringContaining('has 2 replicas')]);
}, 60_000);

import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { loadConfig } from '../../src/config/load';
import { driverOf } from '../../src/domain/proxy/drivers';
import { portsIn, routesOf, type Route } from '../../src/domain/proxy/routes';
import { includeRequest } from '../../test/support/include-request';
import type { Server } from '../../test/support/server';

const token = 'feedfacefeedfacefeedfacefeedface';

/** Does for the team's proxy what a first deploy would ask for; a proxy of the server itself is started. The managed one needs nothing. */
export async function prepareProxy(
  server: Server,
  workspace: string,
  directory: string,
): Promise<void> {
  const text = readFileSync(join(workspace, 'shiplock.yml'), 'utf8');
  const { app, environment, services, proxy } = loadConfig(text, { file: 'shiplock.yml' });
  if (proxy.kind === 'managed') return;
  const onHost = proxy.service === null;
  const driver = driverOf(proxy);
  const dir = onHost ? proxy.configDir : driver.usualDir;
  const routed = services.flatMap(({ name, port }) => (port === null ? [] : [{ name, port }]));
  const ports = Object.fromEntries(routed.map(({ name, port }) => [name, port]));
  const own = onHost ? { routes: loopbackRoutes(routed) } : {};
  const request = includeRequest(ports, { app, environment, dir, token, ...own });
  const folder = onHost ? dir : `${directory}/${proxy.configDir}`;
  await server.exec(['install', '-d', '-o', 'deploy', folder]);
  await server.writeFile(
    `${folder}/${driver.file(request)}`,
    driver.include(request),
    '644',
    'deploy',
  );
  if (onHost) await startNginx(server, `${directory}/nginx/bench.conf`);
}

/** The ports that a server gives first, and those that the compose file publishes. */
function loopbackRoutes(services: readonly { name: string; port: number }[]): readonly Route[] {
  const placed = services.map((service, at) => ({
    ...service,
    loopback: { blue: 21_000 + 2 * at, green: 21_001 + 2 * at },
  }));
  const published = (_: string, port: number): string => `127.0.0.1:${port}`;
  return routesOf([{ slot: 'blue', services: placed }], portsIn(published));
}

/** The server's own nginx, with a block for the app. */
async function startNginx(server: Server, block: string): Promise<void> {
  // Debian's 768 connections a worker are fewer than what queues up while a machine with two cores catches its breath.
  const script =
    'sed -i "s/worker_connections 768/worker_connections 4096/" /etc/nginx/nginx.conf && ln -sf "$1" /etc/nginx/sites-enabled/default && nginx';
  const { code, stderr } = await server.exec(['sh', '-c', script, 'sh', block]);
  if (code !== 0) throw new Error(`nginx does not start: ${stderr}`);
}

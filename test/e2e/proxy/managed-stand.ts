import { mkdtemp, writeFile } from 'node:fs/promises';
import http from 'node:http';
import https from 'node:https';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pushManagedCaddy } from '../../support/caddy-image';
import { startEnvironment, type Environment } from '../../support/environment';
import { loginInputs } from '../../support/login-inputs';
import { buildDinghy, dinghyLayers, type DinghyImages } from '../../support/release/image';
import { Site } from '../../support/release/site';
import type { Server } from '../../support/server';

const image = '127.0.0.1:5000/shiplock-dinghy/app:none';

/** A stack without a proxy: what publishes no port needs somebody in front of it. */
const compose = (services: readonly string[]): string =>
  JSON.stringify({
    services: Object.fromEntries(
      services.map((name) => [name, { image, restart: 'unless-stopped' }]),
    ),
  });

const health = { path: '/healthz', interval: '200ms', deadline: '30s' };

/** Two apps on one server; `dinghy` over plain HTTP, `raft` with certificates of the proxy's own authority. */
export interface ManagedStand {
  readonly environment: Environment;
  readonly server: Server;
  readonly dinghy: Site<'v1' | 'v2'>;
  readonly raft: Site<'v1' | 'v2'>;
  /** Writes an app's shiplock.yml; `api` adds a second service at /api with a route of its own. */
  configure(app: 'dinghy' | 'raft', changes?: { host?: string; api?: boolean }): Promise<void>;
}

export async function openManagedStand(): Promise<ManagedStand> {
  const environment = await startEnvironment();
  const images = await buildDinghy(environment, { v1: {}, v2: {} });
  const caddy = await pushManagedCaddy(environment);
  const server = await environment.startServer({
    name: 'managed',
    ports: [80, 443],
    images: [...dinghyLayers, caddy, environment.keeperImage],
  });
  await server.exec(['install', '-d', '-o', 'deploy', '/var/lib/shiplock']);
  const [dinghy, raft] = await Promise.all([
    checkout(environment, server, images, 'dinghy'),
    checkout(environment, server, images, 'raft'),
  ]);
  const sites = { dinghy, raft };
  const tls = { dinghy: 'off', raft: 'internal' };
  return {
    ...{ environment, server, dinghy, raft },
    configure: async (app, { host = `${app}.test`, api = false } = {}) => {
      const second = { port: 8080, health, route: { host, path: '/api', strip: true } };
      const config = {
        ...{ app, directory: `/srv/${app}`, bake: '1s', linger: '1s', drain: '10s' },
        release: {
          web: { port: 8080, health, route: { host } },
          ...(api ? { api: second } : {}),
        },
        proxy: { tls: tls[app], image: caddy },
        environments: { production: {} },
      };
      const { workspace } = sites[app];
      await writeFile(join(workspace, 'shiplock.yml'), JSON.stringify(config));
      const services = Object.keys(config.release);
      await writeFile(join(workspace, 'docker-compose.yml'), compose(services));
    },
  };
}

async function checkout(
  environment: Environment,
  server: Server,
  images: DinghyImages<'v1' | 'v2'>,
  app: string,
): Promise<Site<'v1' | 'v2'>> {
  await server.exec(['install', '-d', '-o', 'deploy', `/srv/${app}`]);
  const workspace = await mkdtemp(join(tmpdir(), 'shiplock-checkout-'));
  const login = await loginInputs(environment, server);
  return new Site(environment, server, images, workspace, login);
}

/** What a visitor is answered: the version, or the status where no app answered. */
export function ask(server: Server, url: string): Promise<string> {
  const { protocol, hostname, pathname } = new URL(url);
  const secure = protocol === 'https:';
  const options = {
    ...{ host: '127.0.0.1', port: server.port(secure ? 443 : 80), path: pathname, agent: false },
    ...{ headers: { host: hostname }, servername: hostname, rejectUnauthorized: false },
  };
  return new Promise((resolve, reject) => {
    (secure ? https : http)
      .get(options, (response) => {
        let body = '';
        response.on('data', (chunk: Buffer) => (body += chunk.toString()));
        response.on('end', () => {
          resolve(/"version":"([^"]*)"/.exec(body)?.[1] ?? String(response.statusCode));
        });
      })
      .on('error', reject);
  });
}

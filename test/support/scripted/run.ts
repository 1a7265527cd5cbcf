import { loadConfig } from '../../../src/config/load';
import { sha256 } from '../../../src/platform/digest';
import type { LoggedStep } from '../../../src/report/log-lines';
import type { DeployReport } from '../../../src/report/deploy-report';
import { deploy, type DeployRequest } from '../../../src/transactions/release/deploy';
import type { DeployTools } from '../../../src/transactions/release/deploy-tools';
import { rollBack, type RollbackRequest } from '../../../src/transactions/release/roll-back';
import { packJson } from './host';
import { keeperImage, type ScriptedServer } from './server';

const settings = {
  app: 'shop',
  directory: '/srv/shop',
  release: {
    web: {
      port: 8000,
      health: { path: '/up', json: { status: 'healthy' }, interval: '50ms', deadline: '2s' },
    },
    worker: { health: { command: 'ping', interval: '50ms', deadline: '2s' } },
  },
  proxy: { kind: 'nginx', service: 'nginx', 'config-dir': 'nginx/shiplock' },
  verify: [
    {
      url: 'http://shop.example.com/up',
      json: { status: 'healthy' },
      interval: '50ms',
      successes: 2,
      failures: 2,
      deadline: '3s',
    },
  ],
  bake: '600ms',
  drain: '500ms',
  linger: '800ms',
  environments: { production: { hosts: ['deploy@shop.example.com'] } },
};

/** One run of the runner: what it was given besides the ordinary, and what it said. */
export interface Run {
  readonly tools: DeployTools;
  readonly told: LoggedStep[];
  /** The containers of the keepers it started. */
  readonly keepers: string[];
  readonly cancel: AbortController;
  deploy(version: string, changes?: Partial<DeployRequest>): Promise<DeployReport>;
  rollBack(version?: string, changes?: Partial<RollbackRequest>): Promise<DeployReport>;
}

/** A runner in front of a scripted server; `changes` are laid over the shop's shiplock.yml. */
export function runOn(
  server: ScriptedServer,
  changes: Readonly<Record<string, unknown>> = {},
): Run {
  const { world } = server;
  const told: LoggedStep[] = [];
  const keepers: string[] = [];
  const cancel = new AbortController();
  const config = loadConfig(JSON.stringify({ ...settings, ...changes }), { file: 'shiplock.yml' });
  let number = 0;
  const tools: DeployTools = {
    connect: () => server.connect(),
    pack: packJson,
    hash: sha256,
    random: (bytes) => {
      number += 1;
      return number.toString(16).padStart(bytes * 2, '0');
    },
    clock: world.clock,
    readKeeper: () => Promise.resolve({ text: 'keeper', hash: 'k1' }),
    tell: (step) => void told.push(step),
    signal: cancel.signal,
  };
  const request = {
    config,
    facts: {
      url: 'https://github.com/shop/shop/actions/runs/1',
      actor: 'ada',
      attempt: 1,
      docker: ['docker'],
      keeperImage,
      credentials: undefined,
    },
    env: {},
    dryRun: false,
    onKeeper: (container: string) => void keepers.push(container),
  };
  return {
    tools,
    told,
    keepers,
    cancel,
    deploy: (version, more = {}) => {
      const image = `registry.example.com:5000/shop/app:${version}`;
      server.registry[image] = `sha256:${sha256(version)}`;
      const files = [{ path: 'docker-compose.yml', content: 'services: {}\n' }];
      const source = { names: ['docker-compose.yml'], files, variables: [] };
      const images = [image];
      const secrets = { variable: () => undefined, password: null, copies: null };
      const openVaults = () => Promise.resolve([]);
      const backups = { ids: [], maxAgeMs: 3_600_000, skip: null, secrets, openVaults };
      return deploy({ ...request, version, source, sent: [], images, backups, ...more }, tools);
    },
    rollBack: (version, more = {}) => rollBack({ ...request, version, ...more }, tools),
  };
}

/** Deploys one version after the other, each to its end. */
export async function deployed(server: ScriptedServer, ...versions: readonly string[]) {
  const reports: DeployReport[] = [];
  for (const version of versions)
    reports.push(await server.world.clock.drive(runOn(server).deploy(version)));
  return reports;
}

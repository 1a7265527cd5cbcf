import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parse } from 'yaml';
import type { BackupManifest } from '../../../src/domain/records/backup';
import { startEnvironment, type Environment } from '../environment';
import { loginInputs } from '../login-inputs';
import { runAction, type RunHandle, type RunResult } from '../runner/runner';
import { buildSampleImages, sampleFolder, type Knobs, type SampleVersion } from '../sample-app';
import { installSampleStack, sampleDirectory } from '../sample-app-stack';
import type { Server } from '../server';

const actions = process.env['SHIPLOCK_ACTIONS'] ?? 'actions';
const address = { headers: { host: 'sample.test', connection: 'close' } };
/** Where Shiplock keeps its records of the sample app on a server. */
export const sampleBase = '/var/lib/shiplock/sample/production';

type Inputs = Readonly<Record<string, string>>;

const health = { interval: '300ms', timeout: '10s', deadline: '60s' };
const settings = {
  app: 'sample',
  directory: sampleDirectory,
  release: {
    backend: { port: 8000, health: { path: '/api/version', ...health } },
    frontend: { port: 3000, health: { path: '/healthz', ...health } },
  },
  proxy: {
    ...{ kind: 'nginx', service: 'nginx', 'config-dir': 'nginx/shiplock' },
    confirm: 'http://sample.test/',
  },
  migrate: {
    service: 'backend',
    command: 'alembic upgrade head',
    version: 'alembic current',
  },
  ...{ bake: '0s', drain: '2s', linger: '0s', retain: 4 },
  environments: { production: {} },
};

/** The sample app with its PostgreSQL, on servers of their own, and the actions that release and restore it. */
export class SampleSite {
  constructor(
    readonly environment: Environment,
    readonly images: Readonly<Record<string, SampleVersion>>,
    readonly workspace: string,
  ) {}

  /** A server with the stack's folder on it, to which nothing was released. */
  async server(name: string, installed = true): Promise<Server> {
    const shared = ['postgres:17', 'redis:8', 'nginx:1.26'];
    const { environment } = this;
    const names = shared.map((image) => `${environment.parts.registry}/shiplock-sample/${image}`);
    const server = await environment.startServer({
      name,
      images: [environment.keeperImage, ...names],
    });
    if (installed) await installSampleStack(server);
    await server.exec(['install', '-d', '-o', 'deploy', '/var/lib/shiplock']);
    return server;
  }

  /** Writes shiplock.yml; YAML takes JSON as it is. */
  async configure(changes: object = {}): Promise<void> {
    await writeFile(
      join(this.workspace, 'shiplock.yml'),
      JSON.stringify({ ...settings, ...changes }),
    );
  }

  async start(action: string, server: Server, inputs: Inputs = {}): Promise<RunHandle> {
    const login = await loginInputs(this.environment, server);
    return runAction({
      action: join(actions, action),
      workspace: this.workspace,
      inputs: { ...login, ...inputs },
      secrets: [server.privateKey],
    });
  }

  async run(action: string, server: Server, inputs: Inputs = {}): Promise<RunResult> {
    return (await this.start(action, server, inputs)).done;
  }

  startDeploy(version: string, server: Server, inputs: Inputs = {}): Promise<RunHandle> {
    const { app = '', frontend = '' } = this.images[version] ?? {};
    const images = [`backend=${app}`, `frontend=${frontend}`].join('\n');
    return this.start('deploy', server, { version, images, ...inputs });
  }

  async deploy(version: string, server: Server, inputs: Inputs = {}): Promise<RunResult> {
    return (await this.startDeploy(version, server, inputs)).done;
  }

  async close(): Promise<void> {
    await this.environment.stop();
    await rm(this.workspace, { recursive: true, force: true });
  }
}

/** Makes versions and checkout; servers come with `server()`. */
export async function openSampleSite(versions: Record<string, Knobs>): Promise<SampleSite> {
  const environment = await startEnvironment();
  const images = await buildSampleImages({ versions });
  const workspace = await mkdtemp(join(tmpdir(), 'shiplock-checkout-'));
  const stack = parse(await readFile(join(sampleFolder, 'docker-compose.yml'), 'utf8')) as {
    services: Record<string, unknown>;
  };
  delete stack.services['celery-worker'];
  await writeFile(join(workspace, 'docker-compose.yml'), JSON.stringify(stack));
  const site = new SampleSite(environment, images, workspace);
  await site.configure();
  return site;
}

/** Result, or its log as an error. */
export function arrived(result: RunResult): RunResult {
  if (result.exitCode === 0) return result;
  throw new Error(`it did not arrive:\n${result.log}`);
}

/** SQL in the database of the app; rows with bars between. */
export async function sql(server: Server, text: string, database = 'sample'): Promise<string> {
  const psql = `docker exec -i $(docker ps -q --filter label=com.docker.compose.service=postgres) psql -XAtq -v ON_ERROR_STOP=1 -U sample -d ${database}`;
  const result = await server.exec(['sh', '-c', psql], { stdin: text });
  if (result.code !== 0) throw new Error(`${text}: ${result.stderr}`);
  return result.stdout.trim();
}

/** What visitors get of the app. */
export async function ask<T>(server: Server, path: string): Promise<T> {
  const answer = await fetch(`http://127.0.0.1:${server.httpPort}${path}`, address);
  if (!answer.ok) throw new Error(`${path}: ${answer.status} ${await answer.text()}`);
  return (await answer.json()) as T;
}

/** Manifests of a server's backups, the oldest first. */
export async function manifests(server: Server): Promise<readonly BackupManifest[]> {
  const list = `for f in ${sampleBase}/backups/*/manifest.json; do [ -f "$f" ] && tr -d '\\n' <"$f" && echo; done; exit 0`;
  const { stdout } = await server.exec(['sh', '-c', list]);
  return stdout
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line) as BackupManifest)
    .sort((one, other) => one.sequence - other.sequence);
}

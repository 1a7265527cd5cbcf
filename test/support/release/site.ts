import { cp, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { startEnvironment, type Environment, type ServerOptions } from '../environment';
import { loginInputs } from '../login-inputs';
import { configText, type ConfigChanges } from './config';
import { buildDinghy, dinghyLayers, type DinghyImages, type DinghyKnobs } from './image';
import { runAction, type ActionRun, type RunHandle, type RunResult } from '../runner/runner';
import type { Server } from '../server';

const stack = fileURLToPath(new URL('../../e2e/deploy/stack', import.meta.url));

/** Where the stack lives on a server. */
export const stackFolder = '/srv/dinghy';
/** Where Shiplock keeps its records of it. */
export const baseFolder = '/var/lib/shiplock/dinghy/production';

/** The actions under test; another checkout's or build's by the variable. */
const actions = process.env['SHIPLOCK_ACTIONS'] ?? 'actions';

type Inputs = Readonly<Record<string, string>>;
type RunOptions = Partial<Omit<ActionRun, 'action' | 'workspace' | 'inputs'>>;

/** A server with the dinghy stack's folder on it, a checkout, and the actions that release to it. */
export class Site<Version extends string = string> {
  constructor(
    readonly environment: Environment,
    readonly server: Server,
    readonly images: DinghyImages<Version>,
    /** The checkout. */
    readonly workspace: string,
    private readonly access: Inputs,
  ) {}

  /** Address of the app for visitors; its server block answers to any name. */
  get origin(): string {
    return `http://127.0.0.1:${this.server.httpPort}`;
  }

  /** Writes shiplock.yml into the checkout. */
  async configure(changes: ConfigChanges = {}): Promise<void> {
    await writeFile(join(this.workspace, 'shiplock.yml'), configText(changes));
  }

  /** Starts the action deploy as GitHub does; inputs are laid over those that reach the server. */
  startDeploy(version: Version, inputs: Inputs = {}, options: RunOptions = {}): RunHandle {
    const image = this.images[version];
    const all = { ...this.access, version, images: image, ...inputs };
    return this.#start('deploy', all, options);
  }

  deploy(version: Version, inputs: Inputs = {}, options: RunOptions = {}): Promise<RunResult> {
    return this.startDeploy(version, inputs, options).done;
  }

  /** Deploys what has to be there for the test; throws with the log when it does not arrive. */
  async arrive(version: Version, inputs: Inputs = {}): Promise<RunResult> {
    const result = await this.deploy(version, inputs);
    if (result.exitCode !== 0) throw new Error(`${version} did not arrive:\n${result.log}`);
    return result;
  }

  startRollback(inputs: Inputs = {}, options: RunOptions = {}): RunHandle {
    const all = { ...this.access, ...inputs };
    return this.#start('rollback', all, options);
  }

  rollback(inputs: Inputs = {}, options: RunOptions = {}): Promise<RunResult> {
    return this.startRollback(inputs, options).done;
  }

  /** The version that answers visitors now. */
  async serving(): Promise<string> {
    const answer = await fetch(this.origin, { headers: { connection: 'close' } });
    return ((await answer.json()) as { version: string }).version;
  }

  #start(name: string, inputs: Inputs, options: RunOptions): RunHandle {
    const action = join(actions, name);
    return runAction({ action, workspace: this.workspace, inputs, ...options });
  }

  async close(): Promise<void> {
    await this.environment.stop();
    await rm(this.workspace, { recursive: true, force: true });
  }
}

/** Brings up environment, versions and a server that has never been released to. */
export async function openSite<Version extends string>(options: {
  readonly name: string;
  readonly versions: Readonly<Record<Version, DinghyKnobs>>;
  readonly config?: ConfigChanges;
  readonly server?: Omit<ServerOptions, 'name' | 'images'>;
}): Promise<Site<Version>> {
  const environment = await startEnvironment();
  const images = await buildDinghy(environment, options.versions);
  const server = await environment.startServer({
    name: options.name,
    images: [...dinghyLayers, environment.keeperImage],
    ...options.server,
  });
  await server.copyFolder(join(stack, 'nginx'), `${stackFolder}/nginx`);
  await server.exec(['chown', 'deploy:', stackFolder]);
  await server.exec(['install', '-d', '-o', 'deploy', '/var/lib/shiplock']);
  const workspace = await mkdtemp(join(tmpdir(), 'shiplock-checkout-'));
  await cp(join(stack, 'docker-compose.yml'), join(workspace, 'docker-compose.yml'));
  const login = await loginInputs(environment, server);
  const site = new Site(environment, server, images, workspace, login);
  await site.configure(options.config);
  return site;
}

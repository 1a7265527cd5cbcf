import { PassThrough, type Duplex } from 'node:stream';
import { plan as planSchema } from '../../../src/domain/records/plan';
import { nginxInclude } from '../../../src/domain/proxy/nginx-include';
import { includeRequest } from '../include-request';
import { EngineError } from '../../../src/errors';
import type { Engine } from '../../../src/platform/docker-api/docker-api';
import type { ContainerExecResult } from '../../../src/platform/docker-api/types';
import type { Session } from '../../../src/transactions/release/deploy-tools';
import { add, configDir, scriptedHost, type HostSetting } from './host';
import { beginKeeper } from './keeper';
import { containerOf, type ScriptedContainer, type WorldState } from './state';
import { ScriptedWorld, type ScriptedProcess } from './world';
import { shop } from '../shop';

const startMs = Date.parse('2026-03-01T12:00:00Z');
export const keeperImage = 'node@sha256:0';
const token = 'feedfacefeedface';

interface RunningKeeper {
  readonly input: PassThrough;
  readonly said: string[];
  readonly planPath: string;
}

/**
 * A stand-in for a server as a runner reaches it: its shell and its engine are scripted, its keeper is the real one, and all of
 * them share one world and one clock. The team's stack runs on it, and nothing was released yet.
 */
export class ScriptedServer {
  readonly world: ScriptedWorld;
  readonly setting: HostSetting = {
    ...{ document: stackDocument(), look: {}, natures: {} },
    freeKib: 10_485_760,
    backups: { dumpMs: 1000 },
  };
  /** What nginx says to `nginx -T` and `nginx -t`; null = what a prepared proxy says. */
  nginx: ContainerExecResult | null = null;
  /** Services that the team's server block sends requests to. */
  readonly locations = ['web'];
  pullMs = 400;
  /** What is said to keepers no longer arrives, though every other call does. */
  deaf = false;
  /** What the registry has: reference to digest. */
  readonly registry: Record<string, string> = {
    'docker.io/library/busybox:latest': 'sha256:busybox',
    'registry.example.com:5000/shop/app:1': 'sha256:app',
  };
  readonly #keepers = new Map<string, RunningKeeper>();
  readonly #sessions: ScriptedProcess[] = [];

  /** @param state of another server to go on from, on which no keeper runs */
  constructor(state?: WorldState) {
    this.world = new ScriptedWorld(state ?? freshState());
    if (state === undefined)
      for (const service of ['nginx', 'postgres', 'cache']) this.#runTeams(service);
  }

  /** A new connection. */
  connect(): Promise<Session> {
    const process = this.world.process();
    this.#sessions.push(process);
    const host = scriptedHost(this.world, process, this.setting);
    const engine = this.#engine(process);
    const close = (): Promise<void> => {
      process.cut();
      return Promise.resolve();
    };
    return Promise.resolve({ host, engine, close });
  }

  /** All connections that there are now are lost. */
  cut(): void {
    for (const session of this.#sessions.splice(0)) session.cut();
  }

  /** Somebody runs `docker compose up` on the server: the team's own containers of a service run, made anew or started again. */
  composeUp(service: string, image: string = service, project = 'shop'): void {
    const name = `${project}-${service}-1`;
    const known = this.world.state.containers.find((one) => one.name === name);
    if (known === undefined) this.#runTeams(service, image, project);
    else Object.assign(known, { state: 'running', policy: 'always' });
  }

  #runTeams(service: string, image = service, project = 'shop'): void {
    const labels = {
      'com.docker.compose.project': project,
      'com.docker.compose.service': service,
      'com.docker.compose.oneoff': 'False',
      'com.docker.compose.project.working_dir': '/srv/shop',
    };
    const ports = service === 'nginx' ? { '80/tcp': [{ hostIp: '0.0.0.0', hostPort: 80 }] } : {};
    add(this.world, {
      name: `${project}-${service}-1`,
      labels,
      image,
      ports,
      state: 'running',
      policy: 'always',
    });
  }

  #engine(process: ScriptedProcess): Engine {
    const { engine, enter } = process;
    const networks = new Set<string>();
    return {
      ...engine,
      version: async () => {
        await enter('version');
        return {
          version: '26.1.5',
          apiVersion: '1.45',
          minApiVersion: '1.24',
          components: ['Engine'],
          os: 'linux',
          architecture: 'amd64',
        };
      },
      info: async () => {
        await enter('info');
        return {
          ...{
            name: 'shop',
            dockerRoot: '/var/lib/docker',
            rootless: false,
            architecture: 'x86_64',
          },
          ...{ cpus: 2, memoryBytes: 4e9, swarm: false, liveRestore: false },
          ...{ containerdImages: false, mirrors: [], insecureRegistries: [] },
        };
      },
      distributionDigest: async (reference) => {
        await enter(`digest of ${reference}`);
        const digest = this.registry[reference];
        if (digest === undefined) throw new EngineError(`manifest for ${reference} not found`, 404);
        return digest;
      },
      pullImage: async (reference) => {
        await enter(`pull ${reference}`, true);
        await this.world.clock.sleep(this.pullMs);
        await enter(`pulled ${reference}`, true);
        this.world.state.images.push(reference);
      },
      inspectNetwork: async (name) => {
        await enter(`inspect network ${name}`);
        if (!networks.has(name)) throw new EngineError(`no such network: ${name}`, 404);
        const none = { options: {}, labels: {}, containers: [] };
        return { id: name, name, driver: 'bridge', internal: false, ipv6: false, ...none };
      },
      createNetwork: async ({ Name }) => {
        await enter(`create network ${Name}`, true);
        networks.add(Name);
        return Name;
      },
      inspectVolume: async (name) => {
        await enter(`inspect volume ${name}`);
        return { name, driver: 'local', mountpoint: '', labels: {} };
      },
      exec: (id, argv, options) =>
        argv[0] === 'nginx' ? this.#askNginx(process, argv) : engine.exec(id, argv, options),
      ...this.#keeperCalls(process),
    };
  }

  async #askNginx(
    { enter }: ScriptedProcess,
    argv: readonly string[],
  ): Promise<ContainerExecResult> {
    await enter(argv.join(' '));
    if (this.nginx !== null) return this.nginx;
    const include = this.world.state.files[`${configDir}/shop-production.conf`] ?? '';
    const stdout = [
      '# configuration file /etc/nginx/nginx.conf:\nhttp {\n  include conf.d/*.conf;\n}\n',
      '# configuration file /etc/nginx/conf.d/shop.conf:\n',
      'server {\n  include shiplock/shop-production.conf;\n',
      ...this.locations.map(
        (name) => `  location /${name} { proxy_pass http://$shiplock_${name}; }\n`,
      ),
      '}\n',
      `# configuration file /etc/nginx/shiplock/shop-production.conf:\n${include}`,
    ].join('');
    return { code: 0, stdout, stderr: '', truncated: false };
  }

  /** Keepers are real: what is created and started under their label is the program itself. */
  #keeperCalls({
    engine,
    enter,
  }: ScriptedProcess): Pick<
    Engine,
    'createContainer' | 'startContainer' | 'attachStdin' | 'containerLogs' | 'waitContainer'
  > {
    return {
      createContainer: async (name, spec) => {
        await enter(`create ${name}`, true);
        const made = add(this.world, { name, labels: spec.Labels ?? {}, image: spec.Image });
        const planPath = spec.Cmd?.[0] ?? '';
        this.#keepers.set(made.id, { input: new PassThrough(), said: [], planPath });
        return made.id;
      },
      startContainer: async (id) => {
        const keeper = this.#keepers.get(id);
        await engine.startContainer(id);
        if (keeper !== undefined) void this.#live(this.#found(id), keeper);
      },
      attachStdin: async (id) => {
        await enter(`attach to ${id}`);
        const line: Duplex = new PassThrough();
        line.on('data', (chunk: Buffer) => {
          enter('stdin').then(
            () => this.deaf || this.#keepers.get(id)?.input.write(chunk),
            () => line.destroy(),
          );
        });
        return line;
      },
      containerLogs: (id, options) => {
        const keeper = this.#keepers.get(id);
        return keeper === undefined
          ? engine.containerLogs(id, options)
          : this.#follow(id, keeper, enter, options?.signal);
      },
      waitContainer: async (id, options) => {
        if (!this.#keepers.has(id)) return engine.waitContainer(id, options);
        while (this.#found(id).state === 'running') {
          await enter(`wait for ${id}`);
          await this.world.clock.sleep(5);
        }
        return this.#found(id).exitCode;
      },
    };
  }

  #found(id: string): ScriptedContainer {
    const container = containerOf(this.world.state, id);
    if (container === undefined) throw new EngineError(`No such container: ${id}`, 404);
    return container;
  }

  async #live(
    container: ScriptedContainer,
    { input, said, planPath }: RunningKeeper,
  ): Promise<void> {
    const plan = planSchema.parse(JSON.parse(this.world.state.files[planPath] ?? ''));
    await beginKeeper(this.world, plan, input, said).done.catch(() => (container.exitCode = 1));
    container.state = 'exited';
  }

  async *#follow(
    id: string,
    { said }: RunningKeeper,
    enter: ScriptedProcess['enter'],
    signal: AbortSignal | undefined,
  ): AsyncGenerator<{ stream: 'stdout'; line: string }> {
    for (let at = 0; ;) {
      await enter(`follow ${id}`);
      const ended = this.#found(id).state !== 'running';
      for (; at < said.length; at += 1) yield { stream: 'stdout', line: said[at] ?? '' };
      if (ended || signal?.aborted === true) return;
      await this.world.clock.sleep(20, signal);
    }
  }
}

/** The team's server before the first release. */
function freshState(): WorldState {
  return {
    nowMs: startMs,
    containers: [],
    files: {
      [`${configDir}/shop-production.conf`]: nginxInclude(
        includeRequest({ web: 8000 }, { token }),
        'container',
      ),
    },
    modes: {},
    images: [keeperImage],
    markers: `${configDir}/shop-production`,
    switchedAt: startMs - 3_600_000,
    wrongs: [],
  };
}

/** What Compose prints for the shop's stack, its volumes' owner included. */
function stackDocument(): Readonly<Record<string, unknown>> {
  return { ...shop() };
}

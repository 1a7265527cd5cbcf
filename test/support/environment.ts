import { fileURLToPath } from 'node:url';
import { freePort } from './free-port';
import { ownerLabel, removeLeftovers } from './owner';
import { docker, outputOf } from './run-command';
import { Server } from './server';
import { createServerContainer, type Parts } from './server-container';
import { seedServer } from './server-seed';

const folder = fileURLToPath(new URL('../environment', import.meta.url));

export interface ServerOptions {
  /** Two characters or more; the server's host name. */
  readonly name: string;
  /** Ports of the server to publish on 127.0.0.1, beside 22; by default 80. */
  readonly ports?: readonly number[];
  /** Folders that get a small disk of their own (a tmpfs: empty after a reboot), with their size, e.g. `{ '/var/lib/shiplock': '64m' }`. */
  readonly disks?: Readonly<Record<string, string>>;
  /** Another image to start it from, made on that of the servers; default is that one itself. */
  readonly image?: string;
  /** Images of the environment's registry that the server has from the start, as after earlier releases; made once, then copied. */
  readonly images?: readonly string[];
}

/** Servers, registry and keys of one process; made by startEnvironment. */
export class Environment {
  readonly #servers: Server[] = [];

  constructor(
    readonly parts: Parts,
    /** One key pair for all servers of this process, in OpenSSH form. */
    readonly deployKey: { readonly privateKey: string; readonly publicKey: string },
  ) {}

  get keeperImage() {
    return this.parts.keeperImage;
  }

  /** Starts a server and resolves when sshd and its engine answer, in about 2 s. */
  async startServer(options: ServerOptions): Promise<Server> {
    const ports = new Map<number, number>();
    for (const port of [22, ...(options.ports ?? [80])]) ports.set(port, await freePort());
    const container = `shiplock-test-${options.name}-${process.pid}`;
    const parts = { ...this.parts, serverImage: options.image ?? this.parts.serverImage };
    await createServerContainer(parts, container, [
      ...['--hostname', options.name, '--label', ownerLabel()],
      ...Object.entries(options.disks ?? {}).flatMap(([path, size]) => [
        '--tmpfs',
        `${path}:size=${size},mode=755,exec`,
      ]),
      ...[...ports].flatMap(([inside, outside]) => ['--publish', `127.0.0.1:${outside}:${inside}`]),
      ...['--env', `AUTHORIZED_KEY=${this.deployKey.publicKey}`],
    ]);
    const server = new Server({
      name: options.name,
      container,
      ports,
      privateKey: this.deployKey.privateKey,
    });
    this.#servers.push(server);
    if (options.images !== undefined) await seedServer(this.parts, container, options.images);
    await server.start();
    return server;
  }

  /** Pushes a local image to the environment's registry under `127.0.0.1:5000/<name>`; gives its `repository@sha256:…`. */
  async pushImage(image: string, name = image): Promise<string> {
    const target = `${this.parts.registry}/${name}`;
    await docker(['tag', image, target]);
    const said = await docker(['push', target], { timeoutMs: 300_000 });
    const digest = /digest: (sha256:[0-9a-f]{64})/.exec(said)?.[1];
    if (digest === undefined) throw new Error(`docker push ${target} named no digest: ${said}`);
    return `${target.replace(/:[^:/]+$/, '')}@${digest}`;
  }

  /** Removes this process's servers. Registry and images stay for the next; `test/environment/down` ends those. */
  async stop() {
    await Promise.all(this.#servers.splice(0).map((server) => server.stop()));
  }
}

/** Builds an image from a folder with a Dockerfile, only when the folder has changed; gives `<name>:<hash>`. */
export function buildImage(
  name: string,
  contextFolder: string,
  options: readonly string[] = [],
): Promise<string> {
  return outputOf([`${folder}/build-image`, name, contextFolder, ...options], {
    timeoutMs: 900_000,
  });
}

/** Makes an ed25519 key pair in OpenSSH form, protected by a passphrase if one is given. */
export async function makeKeyPair(parts: Pick<Parts, 'serverImage'>, passphrase = '') {
  const script = 'ssh-keygen -q -t ed25519 -N "$0" -C "" -f /tmp/key && cat /tmp/key.pub /tmp/key';
  const text = await docker([
    'run',
    '--rm',
    '--network',
    'none',
    parts.serverImage,
    'sh',
    '-c',
    script,
    passphrase,
  ]);
  const [publicKey = '', ...privateKey] = text.split('\n');
  return { publicKey: publicKey.trim(), privateKey: `${privateKey.join('\n')}\n` };
}

/** Brings up what is missing (the first time minutes, then under a second), clears what crashed runs left, and makes a deploy key. */
export async function startEnvironment(): Promise<Environment> {
  const parts = JSON.parse(await outputOf([`${folder}/up`], { timeoutMs: 1_200_000 })) as Parts;
  await removeLeftovers();
  return new Environment(parts, await makeKeyPair(parts));
}

import { chmod, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { freePort } from '../../support/free-port';
import { ownerLabel } from '../../support/owner';
import { docker, runCommand } from '../../support/run-command';

const serverImage = '127.0.0.1:5000/shiplock-sample/nginx:1.26';

/** A proxy's container: its image, and which folders of the stand it sees where. */
export interface Front {
  readonly image: string;
  readonly folders: Readonly<Record<string, string>>;
}

/** A real proxy on a Docker network, with a small server behind each DNS name that says whose it is. */
export class ProxyStand {
  readonly #name: string;
  readonly #names: string[] = [];
  origin = '';

  private constructor(
    readonly folder: string,
    tag: string,
    private readonly front: Front,
  ) {
    this.#name = `shiplock-proxy-${tag}-${process.pid}`;
  }

  /** Starts the servers behind `names`, and nothing in front of them yet. */
  static async start(tag: string, front: Front, names: readonly string[]): Promise<ProxyStand> {
    const folder = await mkdtemp(join(tmpdir(), 'shiplock-proxy-'));
    // The workers of nginx run as another user.
    await chmod(folder, 0o755);
    const stand = new ProxyStand(folder, tag, front);
    await docker(['network', 'create', '--label', ownerLabel(), stand.#name]);
    await Promise.all(names.map((name) => stand.startServer(name)));
    return stand;
  }

  /** Writes a file under the stand's folder. */
  async write(path: string, text: string): Promise<void> {
    await mkdir(join(this.folder, path, '..'), { recursive: true });
    await writeFile(join(this.folder, path), text);
  }

  async remove(path: string): Promise<void> {
    await rm(join(this.folder, path), { force: true });
  }

  /** Starts the proxy with the folders as they are. */
  async startFront(): Promise<void> {
    const port = await freePort();
    await this.#run('front', this.front.image, [
      ...['--publish', `127.0.0.1:${port}:80`],
      ...Object.entries(this.front.folders).flatMap(([folder, inside]) => [
        '--volume',
        `${join(this.folder, folder)}:${inside}:ro`,
      ]),
    ]);
    this.origin = `http://127.0.0.1:${port}`;
    await this.#answers();
  }

  /** Runs a command in the proxy's container, e.g. `nginx -t`. */
  exec(...argv: string[]): ReturnType<typeof runCommand> {
    return runCommand(['docker', 'exec', `${this.#name}-front`, ...argv]);
  }

  /** Starts the server behind a name, in a container named after `container`. */
  async startServer(name: string, container = name): Promise<void> {
    const answer = JSON.stringify({ version: name });
    const server = `server { listen 8000; default_type application/json; return 200 '${answer}'; }\n`;
    await this.write(`servers/${name}/server.conf`, server);
    await this.#run(container, serverImage, [
      ...['--network-alias', name],
      ...['--volume', `${this.folder}/servers/${name}:/etc/nginx/conf.d:ro`],
    ]);
  }

  /** Stops and removes one of the stand's containers. */
  async removeServer(container: string): Promise<void> {
    await docker(['rm', '--force', '--volumes', `${this.#name}-${container}`]);
    this.#names.splice(this.#names.indexOf(`${this.#name}-${container}`), 1);
  }

  async addressOf(container: string): Promise<string> {
    const format = '{{range .NetworkSettings.Networks}}{{.IPAddress}}{{end}}';
    return docker(['inspect', '--format', format, `${this.#name}-${container}`]);
  }

  async stop(): Promise<void> {
    if (this.#names.length > 0) await docker(['rm', '--force', '--volumes', ...this.#names]);
    await docker(['network', 'rm', this.#name]);
    await rm(this.folder, { recursive: true, force: true });
  }

  async #run(container: string, image: string, options: readonly string[]): Promise<void> {
    const name = `${this.#name}-${container}`;
    this.#names.push(name);
    const common = ['--detach', '--name', name, '--network', this.#name, '--label', ownerLabel()];
    await docker(['run', ...common, ...options, image]);
  }

  async #answers(): Promise<void> {
    const deadline = Date.now() + 10_000;
    while (
      !(await fetch(this.origin).then(
        () => true,
        () => false,
      ))
    ) {
      if (Date.now() > deadline) throw new Error('the proxy did not answer within 10 s');
    }
  }
}

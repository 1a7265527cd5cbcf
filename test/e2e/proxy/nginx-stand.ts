import { chmod, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { freePort } from '../../support/free-port';
import { ownerLabel } from '../../support/owner';
import { docker, runCommand } from '../../support/run-command';

const image = '127.0.0.1:5000/shiplock-sample/nginx:1.26';

/** A real nginx on a Docker network, with a small server behind each DNS name that says whose it is. */
export class NginxStand {
  readonly #name: string;
  readonly #names: string[] = [];
  origin = '';

  private constructor(
    readonly folder: string,
    tag: string,
  ) {
    this.#name = `shiplock-nginx-${tag}-${process.pid}`;
  }

  /** Starts the servers behind `names`, and nothing in front of them yet. */
  static async start(tag: string, names: readonly string[]): Promise<NginxStand> {
    const folder = await mkdtemp(join(tmpdir(), 'shiplock-nginx-'));
    // The workers of nginx run as another user.
    await chmod(folder, 0o755);
    const stand = new NginxStand(folder, tag);
    await docker(['network', 'create', '--label', ownerLabel(), stand.#name]);
    await Promise.all(names.map((name) => stand.#startServer(name)));
    return stand;
  }

  /** Writes a file under the stand's folder: `conf.d/…` and `shiplock/…` are what nginx reads. */
  async write(path: string, text: string): Promise<void> {
    await mkdir(join(this.folder, path, '..'), { recursive: true });
    await writeFile(join(this.folder, path), text);
  }

  async remove(path: string): Promise<void> {
    await rm(join(this.folder, path), { force: true });
  }

  /** Starts nginx with the folder as it is; a second call takes a new one. */
  async startNginx(): Promise<void> {
    const port = await freePort();
    await this.#run(`${this.#name}-front`, [
      ...['--publish', `127.0.0.1:${port}:80`],
      ...['--volume', `${this.folder}/conf.d:/etc/nginx/conf.d:ro`],
      ...['--volume', `${this.folder}/shiplock:/etc/nginx/shiplock:ro`],
    ]);
    this.origin = `http://127.0.0.1:${port}`;
    await this.#answers();
  }

  /** Runs nginx itself with these arguments beside the running one, e.g. `-t`. */
  nginx(...args: string[]): ReturnType<typeof runCommand> {
    return runCommand(['docker', 'exec', `${this.#name}-front`, 'nginx', ...args]);
  }

  async stop(): Promise<void> {
    if (this.#names.length > 0) await docker(['rm', '--force', '--volumes', ...this.#names]);
    await docker(['network', 'rm', this.#name]);
    await rm(this.folder, { recursive: true, force: true });
  }

  async #startServer(name: string): Promise<void> {
    const answer = JSON.stringify({ version: name });
    const server = `server { listen 8000; default_type application/json; return 200 '${answer}'; }\n`;
    await this.write(`servers/${name}/server.conf`, server);
    await this.#run(`${this.#name}-${name}`, [
      ...['--network-alias', name],
      ...['--volume', `${this.folder}/servers/${name}:/etc/nginx/conf.d:ro`],
    ]);
  }

  async #run(name: string, options: readonly string[]): Promise<void> {
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
      if (Date.now() > deadline) throw new Error('nginx did not answer within 10 s');
    }
  }
}

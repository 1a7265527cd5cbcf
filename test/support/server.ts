import { type HostKey, parseHostKeys } from './host-key';
import { type CommandOptions, type CommandResult, docker, runCommand } from './run-command';
import { beginCut, type Cut, endCut } from './server-network';

export interface ServerDetails {
  readonly name: string;
  /** Name of the container, and of the server in the DNS of the servers' network. */
  readonly container: string;
  /** Container port → port on 127.0.0.1 of this machine. Stays the same over reboots. */
  readonly ports: ReadonlyMap<number, number>;
  readonly privateKey: string;
}

/**
 * A server to deploy to: a container with sshd and its own Docker engine. Login by key as `root` or as `deploy` (in group docker).
 * exec and docker reach it past its network, so they work while it is cut off; they do not while it is paused or dead.
 */
export class Server {
  readonly host = '127.0.0.1';
  readonly name: string;
  readonly container: string;
  readonly privateKey: string;
  readonly #ports: ReadonlyMap<number, number>;

  constructor(details: ServerDetails) {
    this.name = details.name;
    this.container = details.container;
    this.privateKey = details.privateKey;
    this.#ports = details.ports;
  }

  /** Port of sshd on 127.0.0.1. */
  get sshPort() {
    return this.port(22);
  }

  /** Port on 127.0.0.1 behind which the server's port 80 is. */
  get httpPort() {
    return this.port(80);
  }

  /** Port on 127.0.0.1 of a published port of the server; throws when it is not published. */
  port(serverPort: number) {
    const published = this.#ports.get(serverPort);
    if (published === undefined) throw new Error(`${this.name} does not publish ${serverPort}`);
    return published;
  }

  /** Address in the servers' network; can change at a reboot. Other servers also know this one as `container`. */
  address() {
    return docker([
      'inspect',
      '--format',
      '{{range .NetworkSettings.Networks}}{{.IPAddress}}{{end}}',
      this.container,
    ]);
  }

  /** The server's three host keys, pinned for 127.0.0.1 and sshPort, or for another way to reach it. */
  async hostKeys(host: string = this.host, port = this.sshPort): Promise<HostKey[]> {
    return parseHostKeys(await this.#sh('cat /etc/ssh/ssh_host_*_key.pub'), host, port);
  }

  /** All host keys as known_hosts text. */
  async knownHosts(host: string = this.host, port = this.sshPort) {
    const keys = await this.hostKeys(host, port);
    return keys.map((key) => `${key.knownHostsLine}\n`).join('');
  }

  /** Runs a command inside the server as root, or as another user; resolves for any exit code. */
  exec(
    argv: readonly string[],
    options: CommandOptions & { user?: string } = {},
  ): Promise<CommandResult> {
    const user = options.user ?? 'root';
    return runCommand(['docker', 'exec', '-i', '--user', user, this.container, ...argv], options);
  }

  /** Runs the server's own docker command and gives its stdout; any exit code other than 0 is thrown. */
  docker(args: readonly string[], options: CommandOptions = {}) {
    return docker(['exec', '-i', this.container, 'docker', ...args], options);
  }

  /** Writes a file inside the server, folders included; owner and mode as `install` takes them. */
  async writeFile(path: string, content: string | Uint8Array, mode = '644', owner = 'root') {
    await docker(
      ['exec', '-i', this.container, 'install', '-D', '-m', mode, '-o', owner, '/dev/stdin', path],
      { stdin: content },
    );
  }

  /** Copies what is in a local folder into a folder of the server, which then belongs to the given user. */
  async copyFolder(local: string, remote: string, owner = 'deploy') {
    const quoted = [local, remote, owner, this.container];
    const script =
      'tar -C "$0" -c . | docker exec -i "$3" sh -c \'mkdir -p "$0" && tar -C "$0" --no-same-owner -x && chown -R "$1:" "$0"\' "$1" "$2"';
    const result = await runCommand(['sh', '-c', script, ...quoted]);
    if (result.code !== 0) throw new Error(`copying ${local} to ${this.name}: ${result.stderr}`);
  }

  /** What sshd has logged since the container was made: who came in, what was refused. */
  async sshLog() {
    const { stdout, stderr } = await runCommand(['docker', 'logs', this.container]);
    return stdout + stderr;
  }

  /** Makes packets vanish, as a pulled cable does: open connections hang. A reboot ends it. */
  async cutOff(cut: Cut = 'all') {
    await this.#sh(beginCut(cut));
  }

  /** Ends a cut; connections that have not given up go on. */
  async reconnect(cut: Cut = 'all') {
    await this.#sh(endCut(cut));
  }

  /** Kills every open SSH connection from the server's side; new ones are welcome. Commands run over them may live on. */
  async dropSshConnections() {
    await this.#sh('pkill -KILL -f "^sshd-session:" || true');
  }

  /** Freezes the server and its containers; the kernel still accepts connections that nobody answers. */
  async pause() {
    await docker(['pause', this.container]);
  }

  async resume() {
    await docker(['unpause', this.container]);
  }

  /** Takes the power away: every process dies at once. */
  async kill() {
    await docker(['kill', this.container]);
  }

  /** Boots a server that was killed; resolves when sshd and the engine answer. Restart policies of its containers apply. */
  async start() {
    await docker(['start', this.container]);
    await this.ready();
  }

  /** Reboots in good order: containers get their stop grace. Resolves when sshd and the engine answer again. */
  async restart() {
    await docker(['restart', '--time', '30', this.container]);
    await this.ready();
  }

  /** Resolves when sshd listens and the engine answers; throws after 30 s with the engine's last words. */
  async ready() {
    await docker(['exec', this.container, 'server-ready'], { timeoutMs: 60_000 });
  }

  /** Fills one of the limited disks that the server was started with, up to some bytes. */
  async fillDisk(folder: string, leaveBytes = 0) {
    await this.#sh(
      'mountpoint -q "$0" || { echo "$0 is no limited disk of this server" >&2; exit 1; }; ' +
        'free=$(df -B1 --output=avail "$0" | tail -n 1); fallocate -l $((free - $1)) "$0/.ballast"',
      folder,
      String(leaveBytes),
    );
  }

  /** Takes back what fillDisk filled. */
  async freeDisk(folder: string) {
    await this.#sh('rm -f "$0/.ballast"', folder);
  }

  /** Removes the server with everything on it. */
  async stop() {
    await docker(['rm', '--force', '--volumes', this.container]);
  }

  #sh(script: string, ...args: readonly string[]) {
    return docker(['exec', this.container, 'sh', '-c', script, ...args]);
  }
}

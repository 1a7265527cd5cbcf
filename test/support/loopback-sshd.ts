import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { connect } from 'node:net';
import { tmpdir, userInfo } from 'node:os';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { freePort } from './free-port';

export type HostKeyType = 'ed25519' | 'ecdsa' | 'rsa';

export interface SshdOptions {
  readonly hostKeys?: readonly HostKeyType[];
  /** Further lines of sshd_config. */
  readonly config?: readonly string[];
  /** Address to listen on; default 127.0.0.1. */
  readonly host?: string;
}

/** An OpenSSH server on a loopback port, with keys of its own, that lets this user in with `userKey`. */
export class LoopbackSshd {
  readonly user = userInfo().username;
  readonly host: string;
  readonly folder = mkdtempSync(join(tmpdir(), 'shiplock-sshd-'));
  port = 0;
  private constructor(host: string) {
    this.host = host;
  }

  #child: ReturnType<typeof spawn> | undefined;
  #log = '';

  /** Starts it and waits until it accepts connections. */
  static async start(options: SshdOptions = {}) {
    const sshd = new LoopbackSshd(options.host ?? '127.0.0.1');
    await sshd.#start(options);
    return sshd;
  }

  get destination() {
    return { user: this.user, host: this.host, port: this.port };
  }

  get userKey() {
    return readFileSync(join(this.folder, 'user'), 'utf8');
  }

  /** What it logged, at the level VERBOSE. */
  get log() {
    return this.#log;
  }

  /** The public line `type base64 comment` of a host key. */
  publicKey(type: HostKeyType) {
    return readFileSync(join(this.folder, `host_${type}.pub`), 'utf8').trim();
  }

  /** A known_hosts line for this server. */
  knownHostsLine(type: HostKeyType) {
    return `[${this.host}]:${this.port} ${this.publicKey(type)}`;
  }

  /** What `ssh-keygen -lf` prints for a host key: bits, SHA256:…, comment, (TYPE). */
  printed(type: HostKeyType) {
    const file = join(this.folder, `host_${type}.pub`);
    return execFileSync('ssh-keygen', ['-lf', file], { encoding: 'utf8' }).trim();
  }

  fingerprint(type: HostKeyType) {
    return this.printed(type).split(' ')[1] ?? '';
  }

  /** Makes a key beside the others and gives its text; the name is the file's. */
  makeKey(name: string, args: readonly string[]) {
    const file = join(this.folder, name);
    execFileSync('ssh-keygen', ['-q', '-N', '', '-C', 'test', ...args, '-f', file]);
    return readFileSync(file, 'utf8');
  }

  /** Lets the owner of this public key in, too; `options` as authorized_keys has them. */
  authorize(publicKey: string, options = '') {
    const line = `${options} ${publicKey}`.trim();
    writeFileSync(join(this.folder, 'authorized_keys'), `${line}\n`, { flag: 'a' });
  }

  /** Kills the processes that serve open sessions: the connection drops, commands live on. */
  dropConnections() {
    const children = execFileSync('pgrep', ['-P', String(this.#child?.pid)], { encoding: 'utf8' });
    for (const pid of children.trim().split('\n')) process.kill(Number(pid), 'SIGKILL');
  }

  async stop() {
    if (this.#child?.exitCode === null) {
      this.#child.kill('SIGKILL');
      await once(this.#child, 'exit');
    }
    rmSync(this.folder, { recursive: true, force: true });
  }

  async #start({ hostKeys = ['ed25519'], config = [] }: SshdOptions) {
    for (const type of hostKeys) this.makeKey(`host_${type}`, ['-t', type]);
    this.makeKey('user', ['-t', 'ed25519']);
    writeFileSync(
      join(this.folder, 'authorized_keys'),
      readFileSync(join(this.folder, 'user.pub'), 'utf8'),
    );
    // sshd refuses to start without the folder that it locks itself into.
    if (process.getuid?.() === 0) mkdirSync('/run/sshd', { recursive: true });
    this.port = await freePort();
    const lines = [
      `Port ${this.port}`,
      `ListenAddress ${this.host}`,
      ...hostKeys.map((type) => `HostKey ${join(this.folder, `host_${type}`)}`),
      `AuthorizedKeysFile ${join(this.folder, 'authorized_keys')}`,
      'PasswordAuthentication no',
      'StrictModes no',
      'UsePAM no',
      'PidFile none',
      'LogLevel VERBOSE',
      ...config,
    ];
    writeFileSync(join(this.folder, 'sshd_config'), `${lines.join('\n')}\n`);
    this.#child = spawn('/usr/sbin/sshd', ['-D', '-e', '-f', join(this.folder, 'sshd_config')], {
      stdio: ['ignore', 'ignore', 'pipe'],
    });
    this.#child.stderr?.on('data', (chunk: Buffer) => {
      this.#log += chunk.toString('utf8');
    });
    await this.#accepts();
  }

  async #accepts() {
    for (let attempt = 0; attempt < 100; attempt += 1) {
      const socket = connect(this.port, this.host);
      const outcome = await once(socket, 'connect').then(
        () => true,
        () => false,
      );
      socket.destroy();
      if (outcome) return;
      if (this.#child?.exitCode != null) break;
      await wait(50);
    }
    throw new Error(`sshd did not start: ${this.#log}`);
  }
}

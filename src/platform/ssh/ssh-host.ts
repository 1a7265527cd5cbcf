import { setTimeout as wait } from 'node:timers/promises';
import { loginShellLine } from '../../commands/shell';
import { RemoteFailure, ShiplockError, messageOf } from '../../errors';
import { CommandStream } from '../command-stream';
import type { ExecOptions, ExecResult, Host } from '../host';
import { checkLoginShell } from './login-shell';
import { runToEnd } from '../running-command';
import type { RunningCommand } from '../running-command';
import { loginOf } from './ssh-hop';
import { SshLink } from './ssh-link';
import type { Loss, OpenChannel } from './ssh-link';
import { openRoute } from './ssh-route';
import type { SshOptions } from './ssh-route';

/** The kernel's limit of one argument, which a command line is for the login shell's `-c`. */
const MAX_COMMAND_BYTES = 128 * 1024 - 1;

/** Servers that allow one or two sessions a connection (MaxSessions) get more connections, up to this many. */
const MAX_LINKS = 10;

/**
 * Logs in to a server whose host key is pinned and whose login shell runs commands. Every reason not to is an error of its own,
 * with its fix.
 */
export async function connectSsh(options: SshOptions): Promise<Host> {
  const host = new SshHost(options);
  try {
    await host.connect();
    await checkLoginShell(host);
    return host;
  } catch (thrown) {
    await host.close();
    throw thrown;
  }
}

/** A server over SSH: one connection while that carries all commands, and further ones when it does not. */
class SshHost implements Host {
  readonly name: string;
  readonly #options: SshOptions;
  readonly #links: SshLink[] = [];
  #connecting: Promise<void> | null = null;
  #opened = 0;
  #lost: Loss | undefined;

  constructor(options: SshOptions) {
    this.name = loginOf(options.destination);
    this.#options = options;
  }

  get roundTrips(): number {
    return this.#opened;
  }

  /** Adds a connection; those who ask for one at the same time get the same. */
  connect(): Promise<void> {
    this.#connecting ??= this.#addLink().finally(() => {
      this.#connecting = null;
    });
    return this.#connecting;
  }

  async exec(argv: readonly string[], options: ExecOptions = {}): Promise<ExecResult> {
    return runToEnd(await this.#start(argv), options);
  }

  async openStream(argv: readonly string[]): Promise<CommandStream> {
    return new CommandStream(await this.#start(argv));
  }

  async close(): Promise<void> {
    await Promise.all(this.#links.map((link) => link.close()));
  }

  async #addLink(): Promise<void> {
    const route = await openRoute(this.#options);
    const { connection } = route.ssh;
    if (connection === null || this.#lost) {
      route.ssh.dispose();
      route.leave();
      throw new RemoteFailure('lost', `${this.name} closed the connection`);
    }
    const link = new SshLink(route, connection, (loss) => {
      this.#lose(loss);
    });
    this.#links.push(link);
  }

  /** The connections are one to those who use them: when one is lost, all are ended. */
  #lose(loss: Loss): void {
    if (this.#lost) return;
    this.#lost = loss;
    for (const link of this.#links) void link.close();
  }

  async #start(argv: readonly string[]): Promise<RunningCommand> {
    const line = loginShellLine(argv);
    const label = `\`${argv[0] ?? ''}\` on ${this.name}`;
    if (Buffer.byteLength(line) > MAX_COMMAND_BYTES) {
      throw new ShiplockError(`${label} has more arguments than a command line holds`, {
        hint: 'Send what is long by stdin.',
        fault: 'bug',
      });
    }
    if (this.#lost) {
      throw new RemoteFailure(
        'unreachable',
        `${label} was not started: the connection is closed`,
        this.#lost,
      );
    }
    this.#opened += 1;
    const { channel, ended } = await this.#openChannel(line, label);
    return {
      label,
      stdin: channel,
      stdout: channel,
      stderr: channel.stderr,
      ended,
      stop: () => {
        for (const output of [channel, channel.stderr]) output.removeAllListeners('data').resume();
        channel.close();
      },
    };
  }

  /** On the first connection that can carry it; when all are full, on a further one. */
  async #openChannel(line: string, label: string): Promise<OpenChannel> {
    for (let attempt = 0; ; attempt += 1) {
      for (const link of this.#links.filter(({ full }) => !full)) {
        const opened = await link.start(line).catch((thrown: unknown) => {
          throw this.#notStarted(label, thrown);
        });
        if (opened !== 'full') return opened;
      }
      // One that is not known to be full has a session that ends at this moment.
      if (this.#links.some(({ full }) => !full) && attempt < 20) await wait(100);
      else if (this.#links.length < MAX_LINKS) await this.connect();
      else throw this.#notEnough(label);
    }
  }

  #notStarted(label: string, cause: unknown): RemoteFailure {
    if (this.#lost) {
      return new RemoteFailure('lost', `The connection was lost when ${label} was started`, {
        cause,
      });
    }
    return new RemoteFailure('unreachable', `${label} was not started: ${messageOf(cause)}`, {
      hint: 'Does sshd allow commands to this user?',
      cause,
    });
  }

  #notEnough(label: string): RemoteFailure {
    const sessions = Math.min(...this.#links.map(({ capacity }) => capacity));
    const limit = Number.isFinite(sessions) ? `only ${sessions}` : 'no';
    return new RemoteFailure(
      'unreachable',
      `${label} was not started: the server allows ${limit} sessions at a time on one connection, and ${MAX_LINKS} connections are in use`,
      { hint: 'Set MaxSessions 10, which is the default, in its sshd_config, and reload sshd.' },
    );
  }
}

import { setTimeout as wait } from 'node:timers/promises';
import type { Client, ClientChannel } from 'ssh2';
import { loginShellLine } from '../commands/shell';
import { RemoteFailure, ShiplockError, messageOf } from '../errors';
import { CommandStream } from './command-stream';
import type { ExecOptions, ExecResult, Host } from './host';
import { runToEnd } from './running-command';
import type { Ending, RunningCommand } from './running-command';
import { checkLoginShell } from './login-shell';
import { loginOf } from './ssh-hop';
import { openRoute } from './ssh-route';
import type { Route, SshOptions } from './ssh-route';

/** The kernel's limit of one argument, which a command line is for the login shell's `-c`. */
const MAX_COMMAND_BYTES = 128 * 1024 - 1;

/** Logs in to a server whose host key is pinned and whose login shell runs commands. Every reason not to is an error of its own, with its fix. */
export async function connectSsh(options: SshOptions): Promise<Host> {
  const host = new SshHost(await openRoute(options), loginOf(options.destination));
  try {
    await checkLoginShell(host);
    return host;
  } catch (thrown) {
    await host.close();
    throw thrown;
  }
}

interface OpenChannel {
  readonly channel: ClientChannel;
  readonly ended: Promise<Ending>;
}

function isFull(thrown: unknown): boolean {
  return messageOf(thrown).includes('Channel open failure');
}

/** One connection; every command and stream is a channel of it (sshd allows ten at a time by default). */
class SshHost implements Host {
  readonly name: string;
  readonly #route: Route;
  readonly #client: Client;
  readonly #closed: Promise<void>;
  readonly #whenLost = new Set<(ending: Ending) => void>();
  #opened = 0;
  #lost: { readonly kind: 'lost'; readonly cause?: Error } | undefined;

  constructor(route: Route, name: string) {
    const { connection } = route.ssh;
    if (connection === null) {
      route.leave();
      throw new RemoteFailure('lost', `${name} closed the connection`);
    }
    this.name = name;
    this.#route = route;
    this.#client = connection;
    this.#client.once('error', (cause) => {
      this.#lose(cause);
    });
    this.#closed = new Promise((resolve) => {
      this.#client.once('close', () => {
        this.#lose();
        resolve();
      });
    });
  }

  get roundTrips(): number {
    return this.#opened;
  }

  async exec(argv: readonly string[], options: ExecOptions = {}): Promise<ExecResult> {
    return runToEnd(await this.#start(argv), options);
  }

  async openStream(argv: readonly string[]): Promise<CommandStream> {
    return new CommandStream(await this.#start(argv));
  }

  async close(): Promise<void> {
    if (this.#lost) return;
    this.#route.ssh.dispose();
    const timer = setTimeout(() => this.#client.destroy(), 2_000);
    await this.#closed;
    clearTimeout(timer);
  }

  #lose(cause?: Error): void {
    this.#lost ??= cause === undefined ? { kind: 'lost' } : { kind: 'lost', cause };
    for (const tell of this.#whenLost) tell(this.#lost);
    this.#whenLost.clear();
    this.#route.leave();
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

  /** A session that just ended still counts for a moment, so a refusal for want of sessions is asked again. */
  async #openChannel(line: string, label: string): Promise<OpenChannel> {
    for (let attempt = 0; ; attempt += 1) {
      try {
        return await this.#tryChannel(line);
      } catch (thrown) {
        if (!isFull(thrown) || this.#lost || attempt === 20) throw this.#notStarted(label, thrown);
        await wait(100);
      }
    }
  }

  #tryChannel(line: string): Promise<OpenChannel> {
    return new Promise((resolve, reject) => {
      this.#client.exec(line, (error, channel) => {
        // Its end must be listened for right here: a quick command's exit can lie in the packet that said it was started.
        if (error === undefined) resolve({ channel, ended: this.#endOf(channel) });
        else reject(error);
      });
    });
  }

  #notStarted(label: string, cause: unknown): RemoteFailure {
    if (this.#lost) {
      return new RemoteFailure('lost', `The connection was lost when ${label} was started`, {
        cause,
      });
    }
    const open = this.#whenLost.size;
    if (open > 0 && isFull(cause)) {
      const limit = `the server allows only ${open} sessions at a time on one connection (MaxSessions)`;
      const hint = 'Set MaxSessions 10, which is the default, in its sshd_config, and reload sshd.';
      return new RemoteFailure('unreachable', `${label} was not started: ${limit}`, {
        hint,
        cause,
      });
    }
    return new RemoteFailure('unreachable', `${label} was not started: ${messageOf(cause)}`, {
      hint: 'Does sshd allow commands to this user?',
      cause,
    });
  }

  /** Only an `exit` event tells how a command ended; a channel that closes without one tells nothing. */
  #endOf(channel: ClientChannel): Promise<Ending> {
    return new Promise((resolve) => {
      let ending: Ending = { kind: 'lost' };
      this.#whenLost.add(resolve);
      channel.once('exit', (code: number | null, signal?: string) => {
        ending =
          code === null
            ? { kind: 'killed', signal: signal ?? 'a signal' }
            : { kind: 'exited', code };
      });
      const errorsEnded = new Promise((done) => channel.stderr.once('end', done));
      channel.once('close', () => {
        void errorsEnded.then(() => {
          this.#whenLost.delete(resolve);
          resolve(ending);
        });
      });
    });
  }
}

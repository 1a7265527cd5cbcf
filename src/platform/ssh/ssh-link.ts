import { setTimeout as wait } from 'node:timers/promises';
import type { Client, ClientChannel } from 'ssh2';
import { messageOf } from '../../errors';
import type { Ending } from '../running-command';
import type { Route } from './ssh-route';

/** A command that was started, and its end. */
export interface OpenChannel {
  readonly channel: ClientChannel;
  readonly ended: Promise<Ending>;
}

export interface Loss {
  readonly kind: 'lost';
  readonly cause?: Error;
}

/** One SSH connection; every command is a channel of it, as many at a time as the server allows (MaxSessions). */
export class SshLink {
  readonly #route: Route;
  readonly #client: Client;
  readonly #closed: Promise<void>;
  readonly #whenLost = new Set<(ending: Ending) => void>();
  #capacity = Infinity;
  #open = 0;
  #lost: Loss | undefined;

  constructor(route: Route, client: Client, onLost: (loss: Loss) => void) {
    this.#route = route;
    this.#client = client;
    this.#client.once('error', (cause) => {
      this.#lose({ kind: 'lost', cause }, onLost);
    });
    this.#closed = new Promise((resolve) => {
      this.#client.once('close', () => {
        this.#lose({ kind: 'lost' }, onLost);
        resolve();
      });
    });
  }

  /** What it can carry, as far as that has been found out. */
  get capacity(): number {
    return this.#capacity;
  }

  get full(): boolean {
    return this.#open >= this.#capacity;
  }

  /** Starts a command; 'full' when the server allows no further one now. Throws what ssh2 threw. */
  async start(line: string): Promise<OpenChannel | 'full'> {
    const first = await this.#try(line);
    if (first !== 'full') return first;
    // A session that has just ended still counts at the server for a moment, so it is asked twice.
    await wait(100);
    const second = await this.#try(line);
    if (second === 'full' && this.#open > 0) this.#capacity = this.#open;
    return second;
  }

  #try(line: string): Promise<OpenChannel | 'full'> {
    return this.#exec(line).catch((thrown: unknown) => {
      if (this.#lost || !messageOf(thrown).includes('Channel open failure')) throw thrown;
      return 'full';
    });
  }

  async close(): Promise<void> {
    if (this.#lost) return;
    this.#route.ssh.dispose();
    const timer = setTimeout(() => this.#client.destroy(), 2_000);
    await this.#closed;
    clearTimeout(timer);
  }

  #lose(loss: Loss, onLost: (loss: Loss) => void): void {
    if (this.#lost) return;
    this.#lost = loss;
    for (const tell of this.#whenLost) tell(loss);
    this.#whenLost.clear();
    this.#route.leave();
    onLost(loss);
  }

  #exec(line: string): Promise<OpenChannel> {
    return new Promise((resolve, reject) => {
      this.#client.exec(line, (error, channel) => {
        if (error !== undefined) {
          reject(error);
          return;
        }
        this.#open += 1;
        channel.once('close', () => {
          this.#open -= 1;
        });
        // Its end must be listened for right here: a quick command's exit can lie in the packet that said it was started.
        resolve({ channel, ended: this.#endOf(channel) });
      });
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

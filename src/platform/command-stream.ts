import { Duplex } from 'node:stream';
import { RemoteFailure, messageOf } from '../errors';
import { exitCodeOf } from './running-command';
import type { RunningCommand } from './running-command';

const KEPT_STDERR = 2_000;

/**
 * A command's stdin and stdout as one stream. It ends when the command ended well, and is destroyed with a
 * RemoteFailure (and the command's last words) when it did not. `node:http` treats it as a socket.
 */
export class CommandStream extends Duplex {
  readonly #command: RunningCommand;
  #lastWords = '';
  #over = false;

  constructor(command: RunningCommand) {
    // Once the command has ended nothing can be written either; a half-open stream would never close.
    super({ allowHalfOpen: false });
    this.#command = command;
    command.stdin.on('error', () => undefined);
    command.stderr.on('data', (chunk: Buffer) => {
      this.#lastWords = (this.#lastWords + chunk.toString('utf8')).slice(-KEPT_STDERR);
    });
    command.stdout.on('data', (chunk: Buffer) => {
      if (!this.push(chunk)) command.stdout.pause();
    });
    void command.ended.then((ending) => {
      this.#over = true;
      try {
        const code = exitCodeOf(ending, command.label);
        if (code === 0) this.push(null);
        else this.destroy(this.#failed(code));
      } catch (thrown) {
        this.destroy(thrown instanceof Error ? thrown : new Error(messageOf(thrown)));
      }
    });
  }

  #failed(code: number): RemoteFailure {
    const words = this.#lastWords.trim();
    const message = `${this.#command.label} ended with code ${code}${words === '' ? '' : `: ${words}`}`;
    return new RemoteFailure('lost', message);
  }

  override _read(): void {
    this.#command.stdout.resume();
  }

  override _write(chunk: Buffer, _encoding: unknown, done: (error?: Error | null) => void): void {
    if (this.#over) done(new RemoteFailure('lost', `${this.#command.label} has ended`));
    else {
      this.#command.stdin.write(chunk, (error) => {
        // A command that reads no more is at its end, and how it ended says more than the pipe's complaint.
        if (error)
          void this.#command.ended.then(() => {
            done();
          });
        else done();
      });
    }
  }

  override _final(done: (error?: Error | null) => void): void {
    if (this.#over) done();
    else this.#command.stdin.end(done);
  }

  override _destroy(error: Error | null, done: (error: Error | null) => void): void {
    this.#command.stop();
    done(error);
  }

  // What an agent of node:http calls on its sockets; a channel has nothing to set.
  setNoDelay(): this {
    return this;
  }
  setKeepAlive(): this {
    return this;
  }
  setTimeout(): this {
    return this;
  }
  ref(): this {
    return this;
  }
  unref(): this {
    return this;
  }
}

import type { Duplex, Readable } from 'node:stream';

export interface ExecOptions {
  /** Sent to the command, then closed; without it the command sees an empty stdin. */
  readonly stdin?: string | Uint8Array | Readable | undefined;
  /** Deadline in milliseconds; default 60 000. The command may go on running on the host after it. */
  readonly timeoutMs?: number | undefined;
  /** Gets every chunk as it arrives; stdout is then not collected and the result's `stdout` is empty. */
  readonly onStdout?: ((chunk: Buffer) => void) | undefined;
  /** Limit of collected stdout and of collected stderr, in bytes; default 8 MiB. Beyond it the call fails. */
  readonly maxOutputBytes?: number | undefined;
}

export interface ExecResult {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** A machine on which commands run: a server over SSH, or this one. */
export interface Host {
  /** `user@host:port`, or `local`. */
  readonly name: string;
  /** Commands and streams opened so far; each costs one exchange with the host. */
  readonly roundTrips: number;
  /**
   * Runs argv without a terminal and resolves with any exit code; throws a RemoteFailure (src/errors.ts) when the command was killed,
   * missed its deadline, printed too much, or when the connection was lost before an exit code arrived.
   */
  exec(argv: readonly string[], options?: ExecOptions): Promise<ExecResult>;
  /** Starts argv and gives its stdin and stdout as one raw stream that can serve as a socket of `node:http`. */
  openStream(argv: readonly string[]): Promise<Duplex>;
  close(): Promise<void>;
}

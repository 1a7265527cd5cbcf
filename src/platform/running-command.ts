import { Readable } from 'node:stream';
import type { Writable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { RemoteFailure } from '../errors';
import type { ExecOptions, ExecResult } from './host';

/** How a command's end was seen. `lost` is the absence of any word about it. */
export type Ending =
  | { readonly kind: 'exited'; readonly code: number }
  | { readonly kind: 'killed'; readonly signal: string }
  | { readonly kind: 'lost'; readonly cause?: Error | undefined };

/** A started command, over SSH or here. */
export interface RunningCommand {
  /** For messages: its program and where it runs; never its arguments. */
  readonly label: string;
  readonly stdin: Writable;
  readonly stdout: Readable;
  readonly stderr: Readable;
  /** Resolves once both outputs have ended. */
  readonly ended: Promise<Ending>;
  /** Stops listening to it and cuts its input and outputs. */
  stop(): void;
}

/** Feeds a command its stdin, gathers its output and waits for its end, within the limits of the options. */
export async function runToEnd(command: RunningCommand, options: ExecOptions): Promise<ExecResult> {
  const limit = options.maxOutputBytes ?? 8 * 1024 * 1024;
  const timeoutMs = options.timeoutMs ?? 60_000;
  const breach = new AbortController();
  const broken = new Promise<never>((_, reject) => {
    breach.signal.addEventListener('abort', () => {
      reject(breach.signal.reason as Error);
    });
  });
  const timer = setTimeout(() => {
    const late = `${command.label} did not end within ${timeoutMs / 1000} s; it may still be running there`;
    breach.abort(new RemoteFailure('deadline', late));
  }, timeoutMs);
  const gathered = (source: Readable): (() => string) =>
    gather(source, limit, () => {
      const excess = `${command.label} printed more than ${limit} bytes`;
      breach.abort(new RemoteFailure('too-much-output', excess));
    });
  const stdout = options.onStdout
    ? passOn(command.stdout, options.onStdout, (thrown) => {
        breach.abort(thrown);
      })
    : gathered(command.stdout);
  const stderr = gathered(command.stderr);
  feed(command.stdin, options.stdin);
  try {
    const ending = await Promise.race([command.ended, broken]);
    return { code: exitCodeOf(ending, command.label), stdout: stdout(), stderr: stderr() };
  } finally {
    clearTimeout(timer);
    command.stop();
  }
}

/** The exit code, or the failure that stands for an end without one. */
export function exitCodeOf(ending: Ending, label: string): number {
  switch (ending.kind) {
    case 'exited':
      return ending.code;
    case 'killed':
      throw new RemoteFailure('killed', `${label} was killed by ${ending.signal}`, {
        hint: 'Was it stopped by someone, or by the kernel for want of memory (`dmesg`)?',
      });
    case 'lost':
      throw new RemoteFailure(
        'lost',
        `The connection was lost during ${label}; its outcome is unknown`,
        {
          hint: 'Nothing is repeated blindly: run again, and the next run looks at the host first.',
          cause: ending.cause,
        },
      );
  }
}

/** What the reader throws becomes the call's failure; thrown out of an event it would end the process. */
function passOn(
  source: Readable,
  take: (chunk: Buffer) => void,
  onThrow: (thrown: unknown) => void,
): () => string {
  source.on('data', (chunk: Buffer) => {
    try {
      take(chunk);
    } catch (thrown) {
      onThrow(thrown);
    }
  });
  return () => '';
}

function gather(source: Readable, limit: number, onExcess: () => void): () => string {
  const chunks: Buffer[] = [];
  let size = 0;
  source.on('data', (chunk: Buffer) => {
    size += chunk.length;
    if (size > limit) onExcess();
    else chunks.push(chunk);
  });
  return () => Buffer.concat(chunks).toString('utf8');
}

/** A command may end without reading its input; its exit code then says what that means. */
function feed(stdin: Writable, input: ExecOptions['stdin']): void {
  stdin.on('error', () => undefined);
  if (input instanceof Readable) pipeline(input, stdin).catch(() => undefined);
  else stdin.end(input ?? '');
}

import { spawn, type ChildProcess } from 'node:child_process';
import { createWriteStream } from 'node:fs';
import type { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { messageOf } from '../errors';

/** A program to be run to its end, with nothing of this process but what is named here. */
export interface ProgramRun {
  readonly argv: readonly [string, ...string[]];
  /** Where it runs. */
  readonly folder: string;
  /** Its whole environment. */
  readonly variables: Readonly<Record<string, string>>;
  /** New files for what it prints; or who takes it, where it must not lie on a disk. */
  readonly stdout: string | ((chunk: Buffer) => void);
  readonly stderr: string;
  /** Most bytes of each; a program that prints more is ended. */
  readonly maxBytes: number;
  readonly timeoutMs: number;
  readonly signal: AbortSignal;
}

/** How it ended. */
export type ProgramEnd =
  | { readonly kind: 'exited'; readonly code: number }
  | { readonly kind: 'killed'; readonly signal: string }
  | { readonly kind: 'timeout' }
  | { readonly kind: 'too-much' }
  /** It could not be started, or what it printed could not be kept. */
  | { readonly kind: 'fault'; readonly why: string };

const graceMs = 2_000;

/**
 * Runs a program and everything that it starts, as a process group of its own. Throws the signal's reason when that aborts;
 * by then the group is gone.
 */
export async function runProgram(run: ProgramRun): Promise<ProgramEnd> {
  run.signal.throwIfAborted();
  const [program, ...words] = run.argv;
  const child = spawn(program, words, {
    cwd: run.folder,
    env: run.variables,
    stdio: ['ignore', 'pipe', 'pipe'],
    detached: true,
  });
  // The first cause counts; the others follow from it.
  const early: ProgramEnd[] = [];
  const end = (why: ProgramEnd): void => {
    early.push(why);
    endGroup(child);
  };
  const timer = setTimeout(() => {
    end({ kind: 'timeout' });
  }, run.timeoutMs);
  const onAbort = (): void => {
    endGroup(child);
  };
  run.signal.addEventListener('abort', onAbort);
  try {
    const outputs = [
      keep(child.stdout, run.stdout, run, end),
      keep(child.stderr, run.stderr, run, end),
    ];
    const ended = await endOf(child);
    await Promise.all(outputs);
    run.signal.throwIfAborted();
    return early[0] ?? ended;
  } finally {
    clearTimeout(timer);
    run.signal.removeEventListener('abort', onAbort);
    // What the program left behind would go on scanning, or writing.
    signalGroup(child, 'SIGKILL');
  }
}

function endOf(child: ChildProcess): Promise<ProgramEnd> {
  return new Promise((resolve) => {
    child.once('error', (cause) => {
      resolve({ kind: 'fault', why: `it cannot be started: ${cause.message}` });
    });
    child.once('exit', (code, signal) => {
      resolve(signal === null ? { kind: 'exited', code: code ?? 0 } : { kind: 'killed', signal });
      // A process that it left behind may hold the outputs open.
      setTimeout(() => {
        signalGroup(child, 'SIGKILL');
      }, graceMs).unref();
    });
  });
}

async function keep(
  source: Readable,
  to: string | ((chunk: Buffer) => void),
  { maxBytes }: ProgramRun,
  end: (why: ProgramEnd) => void,
): Promise<void> {
  let bytes = 0;
  const bounded = async function* (chunks: AsyncIterable<Buffer>): AsyncIterable<Buffer> {
    for await (const chunk of chunks) {
      bytes += chunk.length;
      if (bytes <= maxBytes) yield chunk;
      else end({ kind: 'too-much' });
    }
  };
  try {
    if (typeof to === 'string')
      await pipeline(source, bounded, createWriteStream(to, { mode: 0o600 }));
    else for await (const chunk of bounded(source)) to(chunk);
  } catch (thrown) {
    end({ kind: 'fault', why: `what it printed cannot be kept: ${messageOf(thrown)}` });
    source.resume();
  }
}

function endGroup(child: ChildProcess): void {
  signalGroup(child, 'SIGTERM');
  setTimeout(() => {
    signalGroup(child, 'SIGKILL');
  }, graceMs).unref();
}

function signalGroup({ pid }: ChildProcess, signal: 'SIGTERM' | 'SIGKILL'): void {
  if (pid === undefined) return;
  try {
    process.kill(-pid, signal);
  } catch {
    // Nobody is left of it.
  }
}

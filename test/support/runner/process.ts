import { spawn, type ChildProcess } from 'node:child_process';
import type { Readable } from 'node:stream';
import { StringDecoder } from 'node:string_decoder';

/** How one process of an action went; 128 + n is the code of a process that signal n ended. */
export interface ProcessEnd {
  readonly exitCode: number;
  readonly durationMs: number;
}

/** One process, started and cancelled as the runner does it. */
export interface RunnerProcess {
  readonly ended: Promise<ProcessEnd>;
  /** SIGINT, 7.5 s later SIGTERM, 2.5 s later the end of the whole tree. */
  cancel(): void;
  /** The end of the whole tree at once. */
  killTree(): void;
}

const signalNumbers: Readonly<Record<string, number>> = { SIGINT: 2, SIGKILL: 9, SIGTERM: 15 };
const interruptGraceMs = 7_500;
const terminateGraceMs = 2_500;
// A child left behind may hold the pipes; the runner then reads no longer than this.
const drainMs = 5_000;

/** Starts a process with pipes, a closed stdin and exactly this environment; `onLine` hears both streams. */
export function startProcess(
  argv: readonly [string, ...string[]],
  options: { env: NodeJS.ProcessEnv; cwd: string; onLine: (line: string) => void },
): RunnerProcess {
  const [file, ...args] = argv;
  const started = performance.now();
  // A group of its own, so that everything it starts can be found and ended.
  const child = spawn(file, args, {
    cwd: options.cwd,
    env: options.env,
    stdio: ['pipe', 'pipe', 'pipe'],
    detached: true,
  });
  child.stdin.on('error', () => undefined);
  child.stdin.end();
  readLines(child.stdout, options.onLine);
  readLines(child.stderr, options.onLine);
  const killTree = (): void => endGroup(child);
  process.once('exit', killTree);
  const timers: NodeJS.Timeout[] = [];
  const after = (ms: number, act: () => void): void => void timers.push(setTimeout(act, ms));
  const ended = new Promise<ProcessEnd>((resolve, reject) => {
    child.once('error', reject);
    child.once('exit', () => {
      after(drainMs, () => {
        child.stdout.destroy();
        child.stderr.destroy();
      });
    });
    child.once('close', (code, signal) => {
      timers.forEach(clearTimeout);
      process.off('exit', killTree);
      const exitCode = code ?? 128 + (signalNumbers[signal ?? ''] ?? 0);
      resolve({ exitCode, durationMs: performance.now() - started });
    });
  });
  const cancel = (): void => {
    child.kill('SIGINT');
    after(interruptGraceMs, () => child.kill('SIGTERM'));
    after(interruptGraceMs + terminateGraceMs, killTree);
  };
  return { ended, cancel, killTree };
}

function endGroup(child: ChildProcess): void {
  if (child.pid === undefined) return;
  try {
    process.kill(-child.pid, 'SIGKILL');
  } catch {
    // Nothing of the group is left.
  }
}

/** Cuts a stream into lines where the runner does: at CR LF, at LF and at a lone CR. */
function readLines(stream: Readable, onLine: (line: string) => void): void {
  const decoder = new StringDecoder('utf8');
  let rest = '';
  stream.on('data', (chunk: Buffer) => {
    const lines = (rest + decoder.write(chunk)).split(/\r\n|\n|\r(?!$)/);
    rest = lines.pop() ?? '';
    lines.forEach(onLine);
  });
  const flush = (): void => {
    if (rest !== '') onLine(rest.replace(/\r$/, ''));
    rest = '';
  };
  stream.once('end', flush);
  // Without an end when it was destroyed, because somebody else still holds the pipe.
  stream.once('close', flush);
}

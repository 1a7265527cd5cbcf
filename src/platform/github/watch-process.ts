import { writeSync } from 'node:fs';
import { ShiplockError } from '../../errors';
import type { Log } from '../log';

/** A process that can be cancelled and that never ends without having said how. */
export interface WatchedProcess {
  /** Aborted with a ShiplockError at the first SIGINT or SIGTERM. */
  readonly signal: AbortSignal;
  /** Sets the exit code; the process ends once nothing is open, or soon after. */
  readonly finish: (exitCode: number) => void;
}

// Enough to close connections; something left open must not hold the job until its own deadline.
const closingMs = 3_000;

/** Watches this process; call it once. */
export function watchProcess(log: Log): WatchedProcess {
  const controller = new AbortController();
  for (const name of ['SIGINT', 'SIGTERM'] as const) {
    process.on(name, () => {
      log.line(`${name} received${controller.signal.aborted ? ' again' : ': cancelling'}`);
      controller.abort(cancelled());
    });
  }
  // Once a cancelled runner stops reading, printing fails; the undo must go on.
  process.stdout.on('error', () => undefined);
  const stray = (thrown: unknown): void => {
    const text = thrown instanceof Error ? (thrown.stack ?? thrown.message) : String(thrown);
    log.warning(`A fault of Shiplock that the run went on after; please report it:\n${text}`);
  };
  process.on('unhandledRejection', stray);
  process.on('uncaughtException', stray);
  return { signal: controller.signal, finish: finisher() };
}

function cancelled(): ShiplockError {
  return new ShiplockError('The run was cancelled', {
    fault: 'user',
    hint: 'Run it again when you are ready; it looks at the servers first.',
  });
}

function finisher(): (exitCode: number) => void {
  let finished = false;
  process.on('exit', () => {
    if (finished) return;
    // Node ends a process whose last promise can never settle; silence would read as success.
    writeSync(1, '::error::Shiplock ended before its work was done. Look at the servers.\n');
    process.exitCode = 2;
  });
  return (exitCode) => {
    finished = true;
    process.exitCode = exitCode;
    setTimeout(() => process.exit(exitCode), closingMs).unref();
  };
}

import { fork, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import type { LoadCommand, LoadMessage, LoadPlan } from './process';
import type { LoadReport } from './tally';

/** A rate of `rate` GETs a second to `url` (a loopback address), with `host` as Host header; 10 s for an answer and 15 min in all unless told. */
export interface LoadOptions {
  url: string;
  host?: string;
  rate: number;
  connections: 'new' | 'keep-alive';
  timeoutMs?: number;
  limitMs?: number;
  /** Whether a frontend may show another version than its backend's; it fails unless allowed. */
  mixed?: 'fails' | 'allowed';
}

/** A running load. `mark` reports since the last mark and goes on; `stop` sends no more, waits for the open answers and reports the rest. */
export interface Load {
  mark: () => Promise<LoadReport>;
  stop: () => Promise<LoadReport>;
}

const loopback = new Set(['127.0.0.1', '[::1]', 'localhost']);
const processFile = fileURLToPath(new URL('process.ts', import.meta.url));
const repository = fileURLToPath(new URL('../../..', import.meta.url));

/** Starts a constant-rate load in a process of its own; resolves when requests flow. Its reports reject when the client itself was at fault. */
export const startLoad = async (options: LoadOptions): Promise<Load> => {
  if (!loopback.has(new URL(options.url).hostname)) {
    throw new Error(`load goes to this machine only, not to ${options.url}`);
  }
  const child = fork(processFile, {
    cwd: repository,
    execArgv: ['--import', 'tsx'],
    env: { ...process.env, NODE_OPTIONS: '' },
  });
  await exchange(child, { type: 'start', plan: planOf(options) });
  return {
    mark: () => reportFrom(child, { type: 'mark' }),
    stop: () => reportFrom(child, { type: 'stop' }).finally(() => child.disconnect()),
  };
};

const planOf = (options: LoadOptions): LoadPlan => ({
  timeoutMs: 10_000,
  limitMs: 15 * 60_000,
  mixed: 'fails',
  ...options,
});

const reportFrom = async (child: ChildProcess, command: LoadCommand): Promise<LoadReport> => {
  const message = await exchange(child, command);
  if (message.type !== 'report') throw new Error(`the load process answered ${message.type}`);
  const { local = 0 } = message.report.failures;
  if (local > 0) {
    throw new Error(
      `the load client ran out of ports or files ${local} times: the measurement is void`,
    );
  }
  return message.report;
};

const exchange = async (child: ChildProcess, command: LoadCommand): Promise<LoadMessage> => {
  if (!child.connected) throw new Error('the load process has ended');
  const abort = new AbortController();
  const ended = once(child, 'exit', { signal: abort.signal }).then(([code, signal]) => {
    throw new Error(`the load process ended early: ${String(code ?? signal)}`);
  });
  const answered = once(child, 'message', { signal: abort.signal }) as Promise<[LoadMessage]>;
  child.send(command);
  try {
    return (await Promise.race([answered, ended]))[0];
  } finally {
    abort.abort();
    await Promise.allSettled([answered, ended]);
  }
};

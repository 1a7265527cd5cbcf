import type { Duplex } from 'node:stream';
import type { EngineConnection } from './connection';
import { containerCalls } from './containers';
import { runInContainer } from './container-exec';
import { untilAborted } from './listing';
import { demultiplex, rawOutput, splitLines } from './streams';
import type { ContainerExecOptions, LogOptions } from './specs';
import type { ContainerExecResult, LogLine } from './types';

export interface ContainerStreamCalls {
  /**
   * Lines of both outputs. With `follow` it ends when the container does, or when the daemon stops: look at the
   * container before believing either.
   */
  containerLogs(id: string, options?: LogOptions): AsyncIterable<LogLine>;
  /** A stream whose writes go to the container's stdin (it needs `OpenStdin`); ending it closes that stdin when it has `StdinOnce`. */
  attachStdin(id: string): Promise<Duplex>;
  /** Runs argv in a running container; resolves with any exit code, 126 and 127 when it could not be started. */
  exec(
    id: string,
    argv: readonly string[],
    options?: ContainerExecOptions,
  ): Promise<ContainerExecResult>;
}

/** What flows out of and into containers. */
export function containerStreamCalls(connection: EngineConnection): ContainerStreamCalls {
  return {
    containerLogs: (id, options = {}) =>
      untilAborted(options.signal, () => readLogs(connection, id, options)),
    attachStdin: async (id) => {
      const socket = await connection.hijack({
        method: 'POST',
        path: `/containers/${encodeURIComponent(id)}/attach`,
        query: { stream: true, stdin: true },
      });
      // Without a reader the end of the stream would never be noticed.
      return socket.resume();
    },
    exec: (id, argv, options = {}) => runInContainer(connection, id, argv, options),
  };
}

async function* readLogs(
  connection: EngineConnection,
  id: string,
  { tail, since, follow = false, signal }: LogOptions,
): AsyncGenerator<LogLine> {
  const { tty } = await containerCalls(connection).inspectContainer(id);
  const message = await connection.open({
    method: 'GET',
    path: `/containers/${encodeURIComponent(id)}/logs`,
    query: { stdout: true, stderr: true, follow, tail: tail ?? 'all', since },
    signal,
  });
  yield* splitLines(tty ? rawOutput(message) : demultiplex(message));
}

import { setTimeout as wait } from 'node:timers/promises';
import type { Duplex } from 'node:stream';
import { z } from 'zod';
import { RemoteFailure } from '../../errors';
import { failureOf } from './answer';
import type { EngineConnection } from './connection';
import { flag, readAnswer } from './readers';
import { demultiplex } from './streams';
import type { ContainerExecOptions } from './specs';
import type { ContainerExecResult } from './types';

const Created = z.object({ Id: z.string() });
const Inspected = z.object({ ExitCode: z.number().nullish(), Running: flag });

/** Runs argv in a container, gathering its output up to the limit. */
export async function runInContainer(
  connection: EngineConnection,
  id: string,
  argv: readonly string[],
  options: ContainerExecOptions,
): Promise<ContainerExecResult> {
  const body = {
    Cmd: argv,
    AttachStdin: options.stdin !== undefined,
    AttachStdout: true,
    AttachStderr: true,
    ...(options.user === undefined ? {} : { User: options.user }),
    ...(options.environment === undefined ? {} : { Env: options.environment }),
    ...(options.workingDir === undefined ? {} : { WorkingDir: options.workingDir }),
  };
  const path = `/containers/${encodeURIComponent(id)}/exec`;
  const created = await connection.send({ method: 'POST', path, body });
  const exec = readAnswer(Created, created, path).Id;
  const socket = await connection.hijack({
    method: 'POST',
    path: `/exec/${exec}/start`,
    body: { Detach: false, Tty: false },
  });
  if (options.stdin !== undefined) socket.end(options.stdin);
  const output = await gather(socket, argv, options);
  return { code: await exitCode(connection, exec), ...output };
}

async function gather(
  socket: Duplex,
  argv: readonly string[],
  { timeoutMs = 60_000, maxOutputBytes = 1024 * 1024 }: ContainerExecOptions,
): Promise<Omit<ContainerExecResult, 'code'>> {
  const chunks = { stdout: [] as Buffer[], stderr: [] as Buffer[] };
  let left = maxOutputBytes;
  let truncated = false;
  const what = `\`${argv[0] ?? ''}\` in the container`;
  const timer = setTimeout(() => {
    socket.destroy(
      new RemoteFailure('deadline', `${what} did not end within ${timeoutMs / 1000} s`),
    );
  }, timeoutMs);
  try {
    for await (const { stream, data } of demultiplex(socket)) {
      chunks[stream].push(data.subarray(0, left));
      truncated ||= data.length > left;
      left = Math.max(0, left - data.length);
    }
  } catch (thrown) {
    throw failureOf(thrown, what);
  } finally {
    clearTimeout(timer);
    socket.destroy();
  }
  const decode = (list: Buffer[]): string => Buffer.concat(list).toString('utf8');
  return { stdout: decode(chunks.stdout), stderr: decode(chunks.stderr), truncated };
}

/** The output ends a moment before the engine knows the exit code. */
async function exitCode(connection: EngineConnection, exec: string): Promise<number> {
  const path = `/exec/${exec}/json`;
  for (let attempt = 0; attempt < 50; attempt += 1) {
    const state = readAnswer(Inspected, await connection.send({ method: 'GET', path }), path);
    if (!state.Running && typeof state.ExitCode === 'number') return state.ExitCode;
    await wait(attempt < 10 ? 5 : 50);
  }
  throw new RemoteFailure('lost', 'The command in the container closed its output but did not end');
}

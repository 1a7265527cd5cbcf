import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { freePort } from './free-port';
import { outputOf } from './run-command';

const tools = fileURLToPath(new URL('../environment/tools', import.meta.url));

/** The folder with the named programs of test/environment/tools, which are installed when they are not yet. */
export function toolFolder(...names: readonly string[]): Promise<string> {
  return outputOf([tools, ...names], { timeoutMs: 600_000 });
}

/** A real S3 server (versitygw) that keeps its buckets as folders of this machine. */
export interface ObjectServer {
  /** For an `s3-url`. */
  readonly url: string;
  /** Its buckets, each a folder. */
  readonly folder: string;
  readonly keys: { readonly accessKey: string; readonly secretKey: string };
  stop(): Promise<void>;
}

/** Starts it with the buckets of these names. `fileKilobytes`: it can write no file that is larger, as on a disk that is full. */
export async function startObjectServer(
  buckets: readonly string[],
  keys: ObjectServer['keys'],
  { fileKilobytes }: { readonly fileKilobytes?: number } = {},
): Promise<ObjectServer> {
  const folder = mkdtempSync(join(tmpdir(), 'shiplock-objects-'));
  const program = join(await toolFolder('versitygw'), 'versitygw');
  for (const bucket of buckets) mkdirSync(join(folder, bucket), { recursive: true });
  const port = await freePort();
  const argv = [program, '--quiet', '--port', `127.0.0.1:${port}`, 'posix', folder];
  const limit = `ulimit -f ${fileKilobytes === undefined ? 'unlimited' : String(fileKilobytes * 2)}; exec "$@"`;
  const child = spawn('/bin/sh', ['-c', limit, 'sh', ...argv], {
    env: { ROOT_ACCESS_KEY: keys.accessKey, ROOT_SECRET_KEY: keys.secretKey },
    stdio: 'ignore',
  });
  const ended = once(child, 'exit');
  await accepts(port, () => child.exitCode !== null);
  return {
    url: `http://127.0.0.1:${port}`,
    folder,
    keys,
    stop: async () => {
      child.kill();
      await ended;
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

async function accepts(port: number, gone: () => boolean): Promise<void> {
  for (let attempt = 0; attempt < 200 && !gone(); attempt += 1) {
    const socket = connect(port, '127.0.0.1');
    const opened = await once(socket, 'connect').then(
      () => true,
      () => false,
    );
    socket.destroy();
    if (opened) return;
    await wait(50);
  }
  throw new Error('versitygw did not start');
}

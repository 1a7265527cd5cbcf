import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { mkdir, mkdtemp, open, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { errorField } from './error-field';

/** A new folder below another one that only this user may look into, with empty folders in it. */
export async function makePrivateFolder(above: string, inside: readonly string[]): Promise<string> {
  await mkdir(above, { recursive: true });
  const folder = await mkdtemp(join(above, 'scan-'));
  for (const name of inside) await mkdir(join(folder, name), { mode: 0o700 });
  return folder;
}

/** Folder of the runner's that is empty at the begin of a job. */
export function jobFolder(): string {
  return process.env['RUNNER_TEMP'] ?? tmpdir();
}

/** Folder of the runner's that outlives the job, where the runner is one of your own. */
export function toolCacheFolder(): string {
  return process.env['RUNNER_TOOL_CACHE'] ?? jobFolder();
}

export async function writePrivate(path: string, text: string): Promise<void> {
  await writeFile(path, text, { mode: 0o600, flag: 'wx' });
}

const tailBytes = 16_384;
const tailLines = 40;

/** The last 40 lines of a file, of its last 16 KiB; none when there is no such file. */
export async function lastLines(path: string): Promise<readonly string[]> {
  const file = await open(path, 'r').catch(nullWhenMissing);
  if (file === null) return [];
  try {
    const { size } = await file.stat();
    const buffer = Buffer.alloc(Math.min(size, tailBytes));
    await file.read(buffer, 0, buffer.length, Math.max(0, size - buffer.length));
    return buffer.toString('utf8').trimEnd().split('\n').slice(-tailLines);
  } finally {
    await file.close();
  }
}

/** `sha256:…` of a file; null = there is none. */
export async function digestOfFile(path: string): Promise<string | null> {
  const hash = createHash('sha256');
  try {
    await pipeline(createReadStream(path), hash);
  } catch (thrown) {
    return nullWhenMissing(thrown);
  }
  return `sha256:${hash.digest('hex')}`;
}

function nullWhenMissing(thrown: unknown): null {
  if (['ENOENT', 'ENOTDIR'].includes(errorField(thrown, 'code'))) return null;
  throw thrown;
}

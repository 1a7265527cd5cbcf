import { createHash } from 'node:crypto';
import { createWriteStream } from 'node:fs';
import { open, stat } from 'node:fs/promises';
import { resolve } from 'node:path';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { setFlagsFromString } from 'node:v8';
import { gzipSync } from 'node:zlib';
import { errorField } from './error-field';

/** A file that is read once, from its beginning to its end. */
export interface OpenedReport {
  readonly chunks: AsyncIterable<Uint8Array>;
  /** Hex; of all that was read, so ask at the end. */
  readonly sha256: () => string;
}

/** Opens a file of the checkout, or of anywhere; null when there is none. @param folder where relative paths begin */
export async function openReport(folder: string, path: string): Promise<OpenedReport | null> {
  const file = resolve(folder, path);
  const found = await stat(file).catch((thrown: unknown) => {
    if (['ENOENT', 'ENOTDIR'].includes(errorField(thrown, 'code'))) return null;
    throw thrown;
  });
  if (found === null) return null;
  // A pipe or a device could be endless.
  if (!found.isFile()) throw new Error('it is no file');
  if (found.size > largeBytes) collectEarly();
  const hash = createHash('sha256');
  return { chunks: hashed(file, hash), sha256: () => hash.digest('hex') };
}

const largeBytes = 256 * 1024 * 1024;

/**
 * What is read and thrown away would else lie in the memory until it is as much as what is kept, and more: the collector comes
 * earlier now, and takes some seconds longer for a report of 600 MB. Both flags are looked at whenever the heap is to grow.
 */
function collectEarly(): void {
  setFlagsFromString('--heap-growing-percent=20');
  setFlagsFromString('--semi-space-growth-factor=1');
}

const chunkLength = 1 << 20;

/** Each chunk lies in the same memory: it must be used up before the next one is asked for. */
async function* hashed(
  file: string,
  hash: ReturnType<typeof createHash>,
): AsyncIterable<Uint8Array> {
  const handle = await open(file, 'r');
  const buffer = Buffer.allocUnsafe(chunkLength);
  try {
    for (;;) {
      const { bytesRead } = await handle.read(buffer, 0, chunkLength);
      if (bytesRead === 0) return;
      const chunk = buffer.subarray(0, bytesRead);
      hash.update(chunk);
      yield chunk;
    }
  } finally {
    await handle.close();
  }
}

const batchLength = 1 << 16;

/** Writes pieces of text one after the other, for results that are larger than a text can be. */
export async function writePieces(path: string, pieces: Iterable<string>): Promise<void> {
  await pipeline(Readable.from(batches(pieces)), createWriteStream(path, { mode: 0o600 }));
}

function* batches(pieces: Iterable<string>): Iterable<string> {
  let batch = '';
  for (const piece of pieces) {
    batch += piece;
    if (batch.length < batchLength) continue;
    yield batch;
    batch = '';
  }
  yield batch;
}

/** Bytes that a text takes when it is packed as GitHub wants it. */
export function gzipBytes(text: string): number {
  return gzipSync(text).length;
}

/** A text as GitHub takes SARIF: packed by gzip, in base64. */
export function gzipBase64(text: string): string {
  return gzipSync(text).toString('base64');
}

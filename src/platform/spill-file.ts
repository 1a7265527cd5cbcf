import { closeSync, openSync, readSync, rmSync, writeSync } from 'node:fs';
import { randomUUID } from 'node:crypto';
import { join } from 'node:path';
import { jobFolder } from './tool-files';

/** Texts that are too many for the memory: they are written down once, and read again when they are wanted. */
export interface SpillFile {
  /** @returns where it begins; the place goes on for `bytes` */
  put(text: string): { readonly at: number; readonly bytes: number };
  get(at: number, bytes: number): string;
}

const batchBytes = 1 << 20;
/** What lies beside a text is often wanted next. */
const blockBytes = 1 << 14;

/** A file without a name, so that it ends with this process. Both ways throw when the disk does not do its part. */
export function spillFile(folder = jobFolder()): SpillFile {
  let file: number | null = null;
  let written = 0;
  let pending = Buffer.allocUnsafe(batchBytes);
  let filled = 0;
  // One memory for all reads: a new one for each would keep the collector at work.
  let block: Buffer = Buffer.allocUnsafe(blockBytes);
  let blockAt = 0;
  let blockFilled = 0;
  const flush = (): void => {
    file ??= openNameless(folder);
    for (let at = 0; at < filled;) at += writeSync(file, pending, at, filled - at, written + at);
    written += filled;
    filled = 0;
  };
  return {
    put: (text) => {
      const bytes = Buffer.byteLength(text);
      if (filled + bytes > pending.length) flush();
      if (bytes > pending.length) pending = Buffer.allocUnsafe(bytes);
      pending.write(text, filled);
      filled += bytes;
      return { at: written + filled - bytes, bytes };
    },
    get: (at, bytes) => {
      if (at >= written) return pending.toString('utf8', at - written, at - written + bytes);
      if (at < blockAt || at + bytes > blockAt + blockFilled) {
        if (bytes > block.length) block = Buffer.allocUnsafe(bytes);
        blockFilled = file === null ? 0 : readSync(file, block, 0, block.length, at);
        blockAt = at;
      }
      return block.toString('utf8', at - blockAt, at - blockAt + bytes);
    },
  };
}

function openNameless(folder: string): number {
  const path = join(folder, `.shiplock-${randomUUID()}`);
  const file = openSync(path, 'wx+', 0o600);
  try {
    rmSync(path);
    return file;
  } catch (thrown) {
    closeSync(file);
    throw thrown;
  }
}

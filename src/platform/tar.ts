import { buffer } from 'node:stream/consumers';
import { pack } from 'tar-stream';

/** A file to send: its path inside the archive and its text or bytes. */
export interface PackedFile {
  readonly path: string;
  readonly content: string | Uint8Array;
  readonly executable?: boolean;
}

export type PackFiles = (files: readonly PackedFile[]) => Promise<Buffer>;

/** One tar archive in memory; every file is 0600 or 0700, for some hold secrets. */
export const packFiles: PackFiles = async (files) => {
  const archive = pack();
  for (const { path, content, executable = false } of files)
    archive.entry({ name: path, mode: executable ? 0o700 : 0o600 }, Buffer.from(content));
  archive.finalize();
  return buffer(archive);
};

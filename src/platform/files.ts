import { randomUUID } from 'node:crypto';
import { constants } from 'node:fs';
import { access, chown, mkdir, open, readFile, readdir, rename, rm } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { errorField } from './error-field';

/** Files of one machine; every write is on the disk when its promise resolves. */
export interface Files {
  /** The text, or null when there is no such file. */
  read(path: string): Promise<string | null>;
  /** Throws when it cannot be told: a marker that cannot be seen is not a missing one. */
  exists(path: string): Promise<boolean>;
  /** Names in a folder; none when the folder is missing. */
  list(folder: string): Promise<readonly string[]>;
  /** Old or new content at any instant: temp file, fsync, rename, fsync of the folder. */
  write(path: string, text: string, mode: number): Promise<void>;
  append(path: string, text: string, mode: number): Promise<void>;
  remove(path: string): Promise<void>;
}

/** Files of this machine; what it makes is given to `owner` when this process may do so. */
export function localFiles(owner?: { readonly uid: number; readonly gid: number }): Files {
  const give = async (path: string): Promise<void> => {
    if (owner !== undefined && process.getuid?.() === 0) await chown(path, owner.uid, owner.gid);
  };
  return {
    read: (path) => readFile(path, 'utf8').catch(nullWhenMissing),
    exists: async (path) => (await access(path, constants.F_OK).catch(nullWhenMissing)) !== null,
    list: (folder) =>
      readdir(folder).catch((thrown: unknown): string[] => {
        nullWhenMissing(thrown);
        return [];
      }),
    write: async (path, text, mode) => {
      const folder = dirname(path);
      await mkdir(folder, { recursive: true });
      const temporary = join(folder, `.${randomUUID()}.tmp`);
      try {
        await writeDurably(temporary, 'wx', text, mode);
        await give(temporary);
        await rename(temporary, path);
      } catch (thrown) {
        // What is left of a write on a full disk would take the last of its room.
        await rm(temporary, { force: true });
        throw thrown;
      }
      await syncFolder(folder);
    },
    append: async (path, text, mode) => {
      await mkdir(dirname(path), { recursive: true });
      await writeDurably(path, 'a', text, mode);
      await give(path);
    },
    remove: async (path) => {
      await rm(path, { recursive: true, force: true });
      await syncFolder(dirname(path));
    },
  };
}

function nullWhenMissing(thrown: unknown): null {
  if (['ENOENT', 'ENOTDIR'].includes(errorField(thrown, 'code'))) return null;
  throw thrown;
}

async function writeDurably(
  path: string,
  flags: string,
  text: string,
  mode: number,
): Promise<void> {
  const file = await open(path, flags, mode);
  try {
    await file.writeFile(text);
    // The umask has no say in what others may read.
    await file.chmod(mode);
    await file.sync();
  } finally {
    await file.close();
  }
}

async function syncFolder(folder: string): Promise<void> {
  const handle = await open(folder, 'r').catch(nullWhenMissing);
  if (handle === null) return;
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}

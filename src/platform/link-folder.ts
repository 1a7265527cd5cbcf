import { constants } from 'node:fs';
import { copyFile, link, mkdir, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { errorField } from './error-field';

/**
 * Gives every plain file below a folder a second name below another one; copies it where that cannot be. Links of any kind
 * are left out, and so is what `skip` says. @param skip path from the folder on, with `/`
 */
export async function linkFolder(
  from: string,
  to: string,
  skip: (path: string) => boolean = () => false,
): Promise<void> {
  await linkInto({ from, to, skip }, '');
}

interface Linking {
  readonly from: string;
  readonly to: string;
  readonly skip: (path: string) => boolean;
}

async function linkInto(linking: Linking, below: string): Promise<void> {
  const { from, to, skip } = linking;
  await mkdir(join(to, below), { recursive: true });
  for (const entry of await readdir(join(from, below), { withFileTypes: true })) {
    const path = below === '' ? entry.name : `${below}/${entry.name}`;
    if (skip(path)) continue;
    if (entry.isDirectory()) await linkInto(linking, path);
    else if (entry.isFile()) await linkFile(join(from, path), join(to, path));
  }
}

// Other disks, file systems without links, files of other users.
const unlinkable = ['EXDEV', 'EPERM', 'ENOTSUP', 'EMLINK', 'EACCES'];

async function linkFile(from: string, to: string): Promise<void> {
  try {
    await link(from, to);
  } catch (thrown) {
    if (!unlinkable.includes(errorField(thrown, 'code'))) throw thrown;
    await copyFile(from, to, constants.COPYFILE_FICLONE);
  }
}

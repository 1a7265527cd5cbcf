import { readFile, readdir, realpath, stat } from 'node:fs/promises';
import { join, relative, sep } from 'node:path';
import { messageOf } from '../../errors';
import type { PackedFile } from '../tar';

/** What stands at a path of a checkout; a problem is a whole clause, such as `does not exist`. */
export type CheckoutEntry =
  | { readonly kind: 'file' | 'folder'; readonly files: readonly PackedFile[] }
  | { readonly kind: 'missing' }
  | { readonly kind: 'problem'; readonly says: string };

/** The checkout of the repository on this machine; paths are relative to its root, with slashes. */
export interface Checkout {
  /** Everything at a path, folders with all that is in them. Links are followed inside of the checkout and nowhere else. */
  read(path: string, limits: CheckoutLimits): Promise<CheckoutEntry>;
}

/** Beyond these a read ends with a problem. */
export interface CheckoutLimits {
  readonly bytes: number;
  readonly files: number;
}

export function openCheckout(workspace: string): Checkout {
  return { read: (path, limits) => readEntry(workspace, path, limits) };
}

class Refused extends Error {}

async function readEntry(
  workspace: string,
  path: string,
  limits: CheckoutLimits,
): Promise<CheckoutEntry> {
  const root = await realpath(workspace);
  const walk: Walk = { root, limits, files: [], bytes: 0 };
  try {
    const kind = await visit(walk, path, []);
    return { kind, files: walk.files };
  } catch (thrown) {
    if (thrown instanceof Refused) return { kind: 'problem', says: thrown.message };
    const code = (thrown as NodeJS.ErrnoException).code;
    if (code === 'ENOENT' || code === 'ENOTDIR') return { kind: 'missing' };
    return { kind: 'problem', says: `cannot be read: ${messageOf(thrown)}` };
  }
}

interface Walk {
  readonly root: string;
  readonly limits: CheckoutLimits;
  readonly files: PackedFile[];
  bytes: number;
}

/** @param above real paths of the folders that lead here: a link to one of them never ends */
async function visit(
  walk: Walk,
  path: string,
  above: readonly string[],
): Promise<'file' | 'folder'> {
  const real = await realpath(join(walk.root, path));
  const inside = relative(walk.root, real);
  if (inside === '..' || inside.startsWith(`..${sep}`))
    throw new Refused(`${path} leads out of the checkout`);
  if (above.includes(real)) throw new Refused(`${path} leads back into a folder that it is in`);
  const stats = await stat(real);
  if (stats.isDirectory()) {
    for (const name of (await readdir(real)).sort()) {
      if (name !== '.git') await visit(walk, `${path}/${name}`, [...above, real]);
    }
    return 'folder';
  }
  if (!stats.isFile()) throw new Refused(`${path} is no file`);
  walk.bytes += stats.size;
  if (walk.bytes > walk.limits.bytes || walk.files.length >= walk.limits.files)
    throw new Refused(tooMuch(walk.limits));
  walk.files.push({ path, content: await readFile(real), executable: (stats.mode & 0o111) !== 0 });
  return 'file';
}

function tooMuch({ bytes, files }: CheckoutLimits): string {
  return `holds more than ${bytes / 1024 / 1024} MiB or ${files} files`;
}

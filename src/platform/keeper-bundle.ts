import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';

/** The keeper as it is uploaded: its text, and the hash it is filed under on the host. */
export interface KeeperBundle {
  readonly text: string;
  readonly hash: string;
}

/** The keeper beside the running action: `dist/keeper` next to `dist/<action>`. */
export function bundledKeeper(): string {
  return join(dirname(process.argv[1] ?? ''), '..', 'keeper', 'index.mjs');
}

export async function readKeeperBundle(path: string): Promise<KeeperBundle> {
  const text = await readFile(path, 'utf8');
  return { text, hash: createHash('sha256').update(text).digest('hex') };
}

import { readFile } from 'node:fs/promises';
import { relative } from 'node:path';
import { ShiplockError } from '../errors';
import type { Host } from './host';

/** Files below a folder that hold one of these texts, by their path from there on, with their text, one character a byte. */
export async function filesWith(
  host: Host,
  folder: string,
  texts: readonly string[],
): Promise<ReadonlyMap<string, string>> {
  const patterns = texts.flatMap((text) => ['-e', text]);
  const words = ['-r', '-l', '-a', '-F', '--null', '--exclude-dir=.git'];
  const argv = ['grep', ...words, ...patterns, '--', folder];
  const { code, stdout, stderr } = await host.exec(argv, { timeoutMs: 600_000 });
  if (code > 1) throw new ShiplockError(stderr.trim().split('\n').at(-1) ?? '', { fault: 'user' });
  const found = new Map<string, string>();
  for (const path of stdout.split('\0').filter((one) => one !== ''))
    found.set(relative(folder, path), await readFile(path, 'latin1'));
  return found;
}

import { opendir, readFile, stat } from 'node:fs/promises';
import { join, relative } from 'node:path';

/** Files below a folder, or the file itself; links are not followed, and git's own folder is left out. */
async function* filesBelow(path: string): AsyncIterable<string> {
  if ((await stat(path)).isFile()) {
    yield path;
    return;
  }
  for await (const entry of await opendir(path)) {
    const inside = join(path, entry.name);
    if (entry.isFile()) yield inside;
    else if (entry.isDirectory() && entry.name !== '.git') yield* filesBelow(inside);
  }
}

/** Whether there is any file at all. Throws when there is no such path. */
export async function holdsFiles(path: string): Promise<boolean> {
  for await (const file of filesBelow(path)) return file !== '';
  return false;
}

const largest = 4 * 1024 * 1024;

/** Lines that fit, as `path:line`, at most 50 of them. @param named which files are read */
export async function findLines(
  folder: string,
  named: RegExp,
  wanted: RegExp,
): Promise<readonly string[]> {
  const found: string[] = [];
  for await (const file of filesBelow(folder)) {
    if (!named.test(file) || (await stat(file)).size > largest) continue;
    const text = await readFile(file, 'utf8');
    if (!wanted.test(text)) continue;
    for (const [index, line] of text.split('\n').entries())
      if (wanted.test(line)) found.push(`${relative(folder, file) || file}:${index + 1}`);
    if (found.length >= 50) break;
  }
  return found.slice(0, 50);
}

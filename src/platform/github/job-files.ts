import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** Writes `<name>-<key>.json` files for later steps of the job, into a new folder of the runner's. @returns their paths by key */
export function writeJobFiles<Key extends string>(
  name: string,
  texts: Readonly<Record<Key, string>>,
): Readonly<Record<Key, string>> {
  const folder = makeJobFolder(name);
  const paths = Object.entries<string>(texts).map(([key, text]) => {
    const path = join(folder, `${name}-${key}.json`);
    writeFileSync(path, text);
    return [key, path] as const;
  });
  return Object.fromEntries(paths) as Record<Key, string>;
}

/** A new folder that lasts as long as the job. */
export function makeJobFolder(name: string): string {
  return mkdtempSync(join(process.env['RUNNER_TEMP'] ?? tmpdir(), `${name}-`));
}

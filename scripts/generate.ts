/** Writes what derives from contracts and schemas; with `--check` it writes nothing and fails on a difference. */
import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { generatedFiles, textOf } from './generated-files';

const root = join(dirname(fileURLToPath(import.meta.url)), '..');
const stale: string[] = [];

for (const [path, text] of await generatedFiles(root)) {
  const file = join(root, path);
  if (textOf(file) === text) continue;
  stale.push(path);
  if (process.argv.includes('--check')) continue;
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, text);
  console.log(`wrote ${path}`);
}

if (process.argv.includes('--check') && stale.length > 0) {
  console.error(`Not as generated: ${stale.join(', ')}. Run \`npm run generate\`.`);
  process.exitCode = 1;
}

/** Rebuilds dist/ from nothing; `tsx scripts/build.ts <folder>` writes elsewhere. */
import { rmSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { bundlesOf, writeBundle } from './dist-bundles';

const root = join(dirname(fileURLToPath(import.meta.url)), '..');
const folder = resolve(process.argv[2] ?? join(root, 'dist'));

rmSync(folder, { recursive: true, force: true });
for (const bundle of bundlesOf(root)) await writeBundle(bundle, folder);

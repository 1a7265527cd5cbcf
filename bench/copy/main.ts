/**
 * `npm run -s bench:copy [megabytes …]`: time and memory of a copy off the host, from a real sshd through age into a real S3 server and read back.
 * Each size in a process of its own, bundled as actions are. Last line: one JSON object.
 */
import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';

const here = dirname(fileURLToPath(import.meta.url));
const folder = mkdtempSync(join(tmpdir(), 'shiplock-bench-copy-'));
const program = join(folder, 'one-copy.mjs');
// Where the stands look for their scripts.
const within = new URL('../../test/support/', import.meta.url).href;
const sizes = process.argv.slice(2).map(Number);

try {
  await build({
    entryPoints: [join(here, 'one-copy.ts')],
    outfile: program,
    bundle: true,
    platform: 'node',
    format: 'esm',
    external: ['*.node', 'cpu-features'],
    define: { 'import.meta.url': JSON.stringify(within) },
    banner: {
      js: `import { createRequire } from 'node:module'; const require = createRequire(${JSON.stringify(import.meta.url)}); const __dirname = ${JSON.stringify(here)};`,
    },
  });
  const copies = (sizes.length > 0 ? sizes : [10, 100, 1000]).map((size) => {
    const line = execFileSync(process.execPath, [program, String(size)], { encoding: 'utf8' });
    const { loadedMB, peakMB, seconds } = JSON.parse(line) as Record<string, number>;
    console.log(`${size} MB: ${seconds} s, ${peakMB} MB at most, ${loadedMB} before`);
    return { megabytes: size, seconds, loadedMB, peakMB };
  });
  console.log(JSON.stringify({ copies }));
} finally {
  rmSync(folder, { recursive: true });
}

import { join } from 'node:path';
import type { RunTools } from './run-tool';

/** The last lines that a program prints of itself for these words, wherever it prints them; none when it does not come to that. */
export async function askProgram(
  path: string,
  words: readonly string[],
  tools: RunTools,
): Promise<readonly string[]> {
  const folder = await tools.makeFolder([]);
  try {
    const [stdout, stderr] = [join(folder, 'stdout'), join(folder, 'stderr')];
    await tools.runProgram({
      argv: [path, ...words],
      folder,
      variables: { ...tools.variables, HOME: folder, TMPDIR: folder },
      stdout,
      stderr,
      maxBytes: 1 << 20,
      timeoutMs: 30_000,
    });
    return [...(await tools.lastLines(stdout)), ...(await tools.lastLines(stderr))];
  } finally {
    await tools.remove(folder);
  }
}

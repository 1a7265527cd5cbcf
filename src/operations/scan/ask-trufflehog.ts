import { join } from 'node:path';
import {
  readTruffleHogFlags,
  truffleHogHelp,
  type TruffleHogFlags,
} from '../../commands/trufflehog';
import type { Program, RunTools } from './run-tool';

/** What this build of TruffleHog knows: a flag that it does not know would end it. */
export async function askTruffleHog(program: Program, tools: RunTools): Promise<TruffleHogFlags> {
  const folder = await tools.makeFolder([]);
  try {
    const [stdout, stderr] = [join(folder, 'stdout'), join(folder, 'stderr')];
    await tools.runProgram({
      argv: [program.path, ...truffleHogHelp],
      folder,
      variables: { ...tools.variables, HOME: folder, TMPDIR: folder },
      stdout,
      stderr,
      maxBytes: 1 << 20,
      timeoutMs: 30_000,
    });
    return readTruffleHogFlags([
      ...(await tools.lastLines(stdout)),
      ...(await tools.lastLines(stderr)),
    ]);
  } finally {
    await tools.remove(folder);
  }
}

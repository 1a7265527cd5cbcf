import { readToolVersion, versionWords } from '../../commands/tool-version';
import type { ScanTool, WantedVersion } from '../../domain/scan/planned-scan';
import { messageOf, ShiplockError } from '../../errors';
import { askProgram } from './ask-program';
import type { Program, RunTools } from './run-tool';

export interface FindTools extends RunTools {
  /** Absolute path of a program on PATH; null = there is none. Folders of the scanned code do not count. */
  readonly onPath: (name: string) => Promise<string | null>;
  /** A program of exactly this version, from the cache or its publisher, by its pinned SHA-256. Throws when it cannot be had. */
  readonly install: (tool: ScanTool, version: string) => Promise<Omit<Program, 'version'>>;
}

/** The wanted build of a tool: from PATH where it is that, else installed. Throws a ShiplockError when there is none. */
export async function findTool(
  tool: ScanTool,
  wanted: WantedVersion,
  tools: FindTools,
): Promise<Program> {
  const path = await tools.onPath(tool);
  const lying =
    path === null ? null : { path, origin: 'PATH', version: await askVersion(tool, path, tools) };
  if (wanted === 'path') {
    if (lying !== null) return lying;
    throw new ShiplockError(`${tool} is not on PATH`, {
      fault: 'user',
      hint: `install it before this step, or take @path away from ${tool}`,
    });
  }
  if (lying?.version === wanted.exact) return lying;
  const installed = await tools.install(tool, wanted.exact).catch((thrown: unknown) => {
    const there =
      lying === null
        ? 'there is none on PATH'
        : `PATH has ${lying.version || 'one that does not say its version'}`;
    const says = `${tool} ${wanted.exact} cannot be had: ${messageOf(thrown)} (${there})`;
    const hint = thrown instanceof ShiplockError ? thrown.hint : undefined;
    throw new ShiplockError(says, { fault: 'remote', hint, cause: thrown });
  });
  const version = await askVersion(tool, installed.path, tools);
  if (version === wanted.exact) return { ...installed, version };
  throw new ShiplockError(
    `${installed.path} says it is ${version || 'no version'}, not ${wanted.exact}`,
    {
      fault: 'remote',
      hint: 'start again with an empty tool cache, or report it',
    },
  );
}

/** What a program says of itself; empty when it does not come to that. */
async function askVersion(tool: ScanTool, path: string, tools: RunTools): Promise<string> {
  return readToolVersion((await askProgram(path, versionWords(tool), tools)).join('\n'));
}

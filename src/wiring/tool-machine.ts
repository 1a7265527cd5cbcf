import { rm } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { pinnedArchive, pinnedVersions } from '../domain/scan/pinned-tools';
import type { ScanTool } from '../domain/scan/planned-scan';
import type { ToolArchive } from '../domain/tool-archive';
import { ShiplockError } from '../errors';
import { localFiles } from '../platform/files';
import type { ImageTools } from '../operations/scan/settle-image';
import { githubCache } from '../platform/github/cache';
import type { ActionContext } from '../platform/github/run-action';
import { findLines, holdsFiles } from '../platform/look-at-folder';
import { runProgram } from '../platform/run-program';
import { findProgram, scannerEnvironment } from '../platform/scanner-environment';
import {
  digestOfFile,
  jobFolder,
  lastLines,
  makePrivateFolder,
  toolCacheFolder,
  writePrivate,
} from '../platform/tool-files';
import type { ScanningTools } from '../transactions/scan/run-scans';
import type { HistoryMachine } from './history-machine';

/** The machine that scanners are started on. */
export function toolMachine(
  { log, signal, workspace }: Pick<ActionContext<never>, 'log' | 'signal' | 'workspace'>,
  mirror: string,
): Omit<ScanningTools, 'isTracked' | keyof HistoryMachine> {
  const variables = scannerEnvironment(workspace);
  const folder = join(jobFolder(), 'shiplock-scans');
  const tell = (text: string): void => {
    log.line(text);
  };
  const cache = githubCache(tell, signal);
  return {
    ...imageTools(signal, tell),
    cache,
    tell,
    signal,
    variables,
    cacheFolder: join(jobFolder(), 'shiplock-trivy'),
    show: (title, lines) => {
      log.foreign(title, lines);
    },
    absolute: (path) => resolve(workspace, path),
    onPath: (name) => findProgram(name, variables, workspace),
    install: async (tool, version) => {
      const at = await makePrivateFolder(folder, []);
      const toolCache = toolCacheFolder();
      const places = { mirror, folder: at, cache, toolCache, signal, tell };
      // Loaded when it is needed, as are registries and engines: most runs need none of them.
      const { installTool } = await import('../platform/install-tool');
      return installTool(archiveOf(tool, version), places);
    },
    makeFolder: (inside) => makePrivateFolder(folder, inside),
    write: writePrivate,
    remove: (path) => rm(path, { recursive: true, force: true }),
    ...{ holdsFiles, findLines, lastLines, digestOfFile },
    runProgram: (run) => runProgram({ ...run, signal }),
    readText: (path) => localFiles().read(path),
  };
}

function imageTools(signal: AbortSignal, tell: (text: string) => void): ImageTools {
  const loaded = async () => (await import('./scanned-images')).scannedImages(signal, tell);
  return {
    localImage: async (reference) => (await loaded()).localImage(reference),
    registryDigest: async (reference) => (await loaded()).registryDigest(reference),
  };
}

function archiveOf(tool: ScanTool, version: string): ToolArchive {
  const platform = `${process.platform}-${process.arch}`;
  const archive = pinnedArchive(tool, version, platform);
  if (archive !== undefined) return archive;
  throw new ShiplockError(`no SHA-256 of ${tool} ${version} for ${platform} is known here`, {
    fault: 'user',
    hint: `ask for ${tool}@${pinnedVersions[tool]}, or install ${tool} ${version} before this step`,
  });
}

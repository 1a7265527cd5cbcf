import { rm } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { ShiplockError } from '../errors';
import { localFiles } from '../platform/files';
import type { ActionContext } from '../platform/github/run-action';
import { joinFiles, runProgram } from '../platform/run-program';
import { findProgram, scannerEnvironment } from '../platform/scanner-environment';
import {
  digestOfFile,
  jobFolder,
  lastLines,
  makePrivateFolder,
  writePrivate,
} from '../platform/tool-files';
import type { ScanningTools } from '../transactions/scan/run-scans';

/** The machine that scanners are started on. */
export function toolMachine({
  log,
  signal,
  workspace,
}: Pick<ActionContext<never>, 'log' | 'signal' | 'workspace'>): ScanningTools {
  const variables = scannerEnvironment(workspace);
  const folder = join(jobFolder(), 'shiplock-scans');
  return {
    signal,
    variables,
    cacheFolder: join(jobFolder(), 'shiplock-trivy'),
    tell: (text) => {
      log.line(text);
    },
    show: (title, lines) => {
      log.foreign(title, lines);
    },
    absolute: (path) => resolve(workspace, path),
    onPath: (name) => findProgram(name, variables, workspace),
    install: (tool, version) =>
      Promise.reject(
        new ShiplockError(`${tool} ${version} cannot be installed yet`, { fault: 'user' }),
      ),
    makeFolder: (inside) => makePrivateFolder(folder, inside),
    write: writePrivate,
    remove: (path) => rm(path, { recursive: true, force: true }),
    joinFiles,
    lastLines,
    runProgram: (run) => runProgram({ ...run, signal }),
    readText: (path) => localFiles().read(path),
    digestOfFile,
  };
}

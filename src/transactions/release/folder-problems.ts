import type { Problem } from '../../domain/problem';
import type { Evaluation, FolderFault } from '../../operations/release/evaluate-compose';
import { typed } from '../../operations/release/typed';
import type { HostRun } from './deploy-tools';
import type { Survey } from './survey';

/** What keeps the proxy's folder from being written by us, or from being read by the proxy. */
export function folderProblems(
  { config }: HostRun,
  seen: Survey,
  evaluation: Evaluation,
): Problem[] {
  const { configDir, look } = seen;
  const { folderFaults, configDirWritable } = evaluation;
  // Another proxy than nginx may run as root, to whom no folder is closed.
  const proxy: string = config.proxy.kind;
  const faults = folderFaults.filter(({ kind }) => kind !== 'closed' || proxy === 'nginx');
  if (faults.length > 0) return faults.map((fault) => describeFault(fault, look.user));
  if (configDirWritable) return [];
  const make = typed(['sudo', 'install', '-d', '-o', look.user, configDir]);
  const says = `cannot be made by ${look.user}`;
  return [{ path: configDir, says, fix: `run once on the server: ${make}` }];
}

function describeFault({ kind, path }: FolderFault, user: string): Problem {
  const own = typed(['sudo', 'chown', '-R', user, path]);
  switch (kind) {
    case 'blocked':
      return { path, says: 'is not a folder, and the proxy reads a folder', fix: 'move it away' };
    case 'hidden':
      return { path, says: `cannot be read by ${user}`, fix: `run on the server: ${own}` };
    case 'readonly':
      return {
        path,
        says: `cannot be written by ${user}: it belongs to somebody else, or its file system is read-only`,
        fix: `run on the server: ${own}`,
      };
    case 'closed':
      return {
        path,
        says: 'cannot be entered by everybody, so the workers of nginx would see no marker in it',
        fix: `run on the server: ${typed(['chmod', 'a+rx', path])}`,
      };
  }
}

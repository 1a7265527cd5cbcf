import {
  entryOf,
  filesArgv,
  filesLookScript,
  parseFilesLook,
  parseVolume,
  volumeArgv,
  type FilesEntry,
  type FilesReach,
  type FilesSeen,
} from '../../../commands/backup/files';
import { firstWords } from '../../../commands/backup/stage';
import type { Problem } from '../../../domain/problem';
import { ShiplockError } from '../../../errors';
import type { Database } from '../database';

/** A path or a volume of the list, where it lies. */
export interface PlacedEntry extends FilesEntry {
  /** As it was written. */
  readonly path: string;
}

/** As root the host's files are read directly, else by a container that Docker starts for whoever may use Docker. */
export async function reachFiles({ host, docker, nodeImage, mark }: Database): Promise<FilesReach> {
  const { stdout } = await host.exec(['id', '-u']);
  return stdout.trim() === '0'
    ? { by: 'host' }
    : { by: 'container', docker, image: nodeImage, mark };
}

/** Each entry, or what is wrong with it. */
export async function placeEntries(
  database: Database,
): Promise<readonly (PlacedEntry | Problem)[]> {
  return Promise.all(database.settings.paths.map((path) => placeEntry(database, path)));
}

const volumePrefix = 'volume:';

async function placeEntry(database: Database, path: string): Promise<PlacedEntry | Problem> {
  if (path.startsWith(volumePrefix)) return placeVolume(database, path);
  if (path.startsWith('/')) return { path, ...entryOf(path, false) };
  return {
    path: 'path',
    says: `${path} does not begin at the root`,
    fix: 'write the whole path on the host, or volume:<name>',
  };
}

async function placeVolume(
  { host, docker }: Database,
  path: string,
): Promise<PlacedEntry | Problem> {
  const name = path.slice(volumePrefix.length);
  const { code, stdout, stderr } = await host.exec(volumeArgv(docker, name));
  if (code !== 0) {
    return {
      path: 'path',
      says: `there is no volume ${name}: ${firstWords(stderr)}`,
      fix: 'write its whole name as `docker volume ls` has it, with that of the project: shop_uploads',
    };
  }
  const { driver, options, mountpoint } = parseVolume(stdout);
  if (driver === 'local' && Object.keys(options).length === 0) {
    return { path, ...entryOf(mountpoint, true) };
  }
  return {
    path: 'path',
    says: `volume ${name} lies elsewhere (driver ${driver}${options['device'] === undefined ? '' : `, ${options['device']}`}), and in Docker's folder only while a container uses it`,
    fix: 'name the folder that it stands for, or back it up where it lies',
  };
}

/** Where an entry of a backup goes; a volume that is not there is made. */
export async function placeAnew(database: Database, path: string): Promise<PlacedEntry> {
  const { host, docker } = database;
  if (path.startsWith(volumePrefix)) {
    await host.exec([...docker, 'volume', 'create', path.slice(volumePrefix.length)]);
  }
  const placed = await placeEntry(database, path);
  if ('folder' in placed) return placed;
  throw new ShiplockError(`${host.name}: ${placed.says}`, { fault: 'user', hint: placed.fix });
}

/** What is there, read-only. */
export async function lookAtEntry(
  { host, nodeImage }: Database,
  reach: FilesReach,
  { path, folder, name }: PlacedEntry,
): Promise<FilesSeen> {
  const argv = filesArgv(reach, filesLookScript, [folder, name]);
  const { code, stdout, stderr } = await host.exec(argv, { timeoutMs: 3_600_000 });
  if (code === 0) return parseFilesLook(stdout);
  throw new ShiplockError(`${host.name}: ${path} cannot be looked at: ${firstWords(stderr)}`, {
    fault: 'remote',
    hint:
      reach.by === 'host'
        ? undefined
        : `It is read by a container of ${nodeImage}, as the user is not root; the user needs Docker, and the image must be there or be pulled.`,
  });
}

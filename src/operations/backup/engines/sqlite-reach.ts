import { dirname } from 'node:path/posix';
import {
  parseSqliteFile,
  sqliteByNode,
  sqliteFileScript,
  sqliteShell,
  sqliteWorkScript,
  type SqliteFile,
  type SqliteSession,
} from '../../../commands/backup/sqlite';
import { firstWords } from '../../../commands/backup/stage';
import { throwAwayArgv, type ThrowAway } from '../../../commands/backup/throw-away';
import { script } from '../../../commands/shell';
import { ShiplockError } from '../../../errors';
import type { Database } from '../database';

/** Where SQLite runs: on the host itself, or in a throw-away container of the database's image or of Node's. */
export type SqliteTool = 'host' | 'own image' | 'node';

/** Argv and stdin for the host. */
export interface Call {
  readonly argv: readonly string[];
  readonly stdin: string;
}

/** Where the throw-away container sees the folder of the backup, and the folder of a database on the host. */
const inside = { work: '/shiplock/backup', host: '/shiplock/database' };

/** The file of the entry. */
export const pathOf = ({ settings }: Database): string => settings.paths[0] ?? '';

/** A folder of the backup, and the file that a session makes in it. */
export interface Work {
  readonly folder: string;
  readonly makes: string;
}

/** A session on the live database, or a file beside it that is nobody's yet. @param real its path behind all links; @param work null = it makes nothing */
export function liveCall(
  database: Database,
  tool: SqliteTool,
  real: string,
  work: Work | null,
  steps: SqliteSession['steps'],
  immutable = false,
): Call {
  const { place } = database;
  const onHost = place.at === 'host' && tool === 'node';
  const path = onHost ? `${inside.host}/${real.slice(real.lastIndexOf('/') + 1)}` : real;
  const mounts = onHost ? { [inside.host]: { source: dirname(real), readOnly: false } } : {};
  const volumesFrom = place.at === 'container' ? place.id : undefined;
  return call(database, tool, work, { path, immutable, steps }, { mounts, volumesFrom });
}

/** A session on a file of the backup's folder that nobody else has open. */
export function copyCall(
  database: Database,
  tool: SqliteTool,
  folder: string,
  name: string,
  steps: SqliteSession['steps'],
): Call {
  const path = `${tool === 'host' ? folder : inside.work}/${name}`;
  return call(database, tool, { folder, makes: '' }, { path, immutable: true, steps }, {});
}

function call(
  { docker, place, nodeImage, mark }: Database,
  tool: SqliteTool,
  work: Work | null,
  session: SqliteSession,
  reach: Pick<ThrowAway, 'mounts' | 'volumesFrom'>,
): Call {
  const { argv, stdin } = tool === 'node' ? sqliteByNode(session) : sqliteShell(session);
  const working = (folder: string): readonly string[] =>
    work === null ? argv : script(sqliteWorkScript, [folder, work.makes, ...argv]);
  if (tool === 'host') return { argv: working(work?.folder ?? ''), stdin };
  const mount = work === null ? {} : { [inside.work]: { source: work.folder, readOnly: false } };
  const mounts = { ...reach.mounts, ...mount };
  const image = tool === 'own image' && place.at === 'container' ? place.imageId : nodeImage;
  const setting = { docker, image, volumesFrom: reach.volumesFrom, mounts, mark };
  return { argv: throwAwayArgv(setting, working(inside.work)), stdin };
}

/** What is known of the file before it is opened, and which SQLite is to open it. */
export async function lookAtFile(
  database: Database,
): Promise<{ readonly file: SqliteFile; readonly tool: SqliteTool }> {
  const { host, docker, place, nodeImage } = database;
  const look = script(sqliteFileScript, [pathOf(database)]);
  if (place.at !== 'container') {
    const file = parseSqliteFile((await host.exec(look)).stdout);
    return { file, tool: file.shell ? 'host' : 'node' };
  }
  const from = (image: string): readonly string[] =>
    throwAwayArgv({ docker, image, volumesFrom: place.id }, look);
  const own = await host.exec(from(place.imageId));
  // An image without a shell is no place to look from.
  const result = own.code === 0 ? own : await host.exec(from(nodeImage), { timeoutMs: 600_000 });
  if (result.code !== 0) {
    throw new ShiplockError(
      `${host.name}: no container can be started to look at ${pathOf(database)}: ${firstWords(result.stderr)}`,
      { fault: 'remote', hint: `It is made from ${nodeImage}; give another one as keeper-image.` },
    );
  }
  const file = parseSqliteFile(result.stdout);
  return { file, tool: file.shell ? 'own image' : 'node' };
}

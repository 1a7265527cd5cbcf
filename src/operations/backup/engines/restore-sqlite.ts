import {
  besideScript,
  changePlacesScript,
  notBesideScript,
} from '../../../commands/backup/sqlite-restore';
import {
  parseSqlite,
  sqliteCounts,
  sqliteIntegrity,
  type SqliteSession,
} from '../../../commands/backup/sqlite';
import { firstWords } from '../../../commands/backup/stage';
import { throwAwayArgv } from '../../../commands/backup/throw-away';
import { quote, script } from '../../../commands/shell';
import { coveringMount } from '../../../domain/backup/covering-mount';
import type { Stage } from '../../../domain/records/backup';
import { ShiplockError } from '../../../errors';
import type { Database } from '../database';
import type { Restored, RestoreOrder, Taken } from '../database-engine';
import { runStage } from '../run-stage';
import { standStill, usersOf } from '../stand-still';
import { sqliteFile } from './prove-sqlite';
import { liveCall, lookAtFile, pathOf } from './sqlite-reach';

/** Puts the copy beside the database, checks and counts it there, and lets the two change places while nobody has it open. */
export async function restoreSqlite(
  database: Database,
  { folder }: Taken,
  order: RestoreOrder,
): Promise<Restored> {
  const { file, tool } = await lookAtFile(database);
  const path = file.path ?? pathOf(database);
  const stages: Stage[] = [];
  const begun = performance.now();
  const run = async (name: string, call: Call): Promise<string> => {
    const { stage, stdout } = await runStage(database.host, { name, folder, ...call });
    stages.push(stage);
    return stdout;
  };
  const inPlace = (text: string): Call => ({
    argv: placeArgv(database, folder, text, path, order.tag),
  });
  let begunChange = false;
  try {
    await run('copy', inPlace(besideScript));
    const ask = (name: string, steps: SqliteSession['steps']): Promise<string> =>
      run(name, liveCall(database, tool, `${path}.restore-${order.tag}`, null, steps, true));
    const integrity = await ask('integrity_check', sqliteIntegrity);
    if (integrity.trim() !== 'ok') throw damaged(database, integrity);
    const counted = parseSqlite(await ask('count', sqliteCounts));
    order.check(counted);
    const users = await usersOf(database, [hostPathOf(database, path)]);
    begunChange = true;
    const change = {
      users,
      steps: [inPlace(changePlacesScript).argv],
      clear: [inPlace(notBesideScript).argv],
    };
    stages.push(await standStill(database, folder, change, order.tell));
    const restoreMs = performance.now() - begun;
    return { stages, restoreMs, ...counted, ...keptOf(database, path, file.path, order) };
  } finally {
    if (!begunChange) await database.host.exec(inPlace(notBesideScript).argv);
  }
}

interface Call {
  readonly argv: readonly string[];
  readonly stdin?: string;
}

const damaged = ({ host }: Database, said: string): ShiplockError =>
  new ShiplockError(`${host.name}: the backup is damaged: ${firstWords(said)}`, {
    fault: 'remote',
    hint: 'Nothing was changed. Take another backup.',
  });

/** A script where the database lies: `$1` the copy, `$2` the database, `$3` the tag. */
function placeArgv(
  { place, docker, nodeImage }: Database,
  folder: string,
  text: string,
  path: string,
  tag: string,
): readonly string[] {
  if (place.at !== 'container') return script(text, [`${folder}/${sqliteFile}`, path, tag]);
  const inside = '/shiplock/backup';
  const mounts = { [inside]: { source: folder, readOnly: true } };
  const setting = { docker, image: nodeImage, volumesFrom: place.id, mounts };
  return throwAwayArgv(setting, script(text, [`${inside}/${sqliteFile}`, path, tag]));
}

function hostPathOf({ place }: Database, path: string): string {
  if (place.at !== 'container') return path;
  return coveringMount(place.mounts, path)?.hostPath ?? path;
}

function keptOf(
  database: Database,
  path: string,
  before: string | null,
  { tag }: RestoreOrder,
): Pick<Restored, 'kept' | 'remove'> {
  if (before === null) return { kept: null, remove: null };
  const kept = `${hostPathOf(database, path)}.before-${tag}`;
  const all = ['', '-wal', '-shm', '-journal'].map((end) => `${kept}${end}`);
  return { kept, remove: quote(['rm', '-f', '--', ...all]) };
}

import { hasServer, type VerifyLevel } from '../../domain/backup/database';
import type { Problem } from '../../domain/problem';
import { messageOf, ShiplockError } from '../../errors';
import type { Database } from '../../operations/backup/database';
import type { Inspection } from '../../operations/backup/database-engine';
import {
  findScratchImage,
  scratchImageOf,
  waysOut,
  type ScratchPlan,
} from '../../operations/backup/find-scratch-image';
import { pullImages, type PullSetting } from '../../operations/release/pull-images';
import type { Clock } from '../../platform/clock';
import type { EngineInfo } from '../../platform/docker-api/types';
import { atMostEvery } from '../at-most-every';
import type { BackupRun } from './backup-run';

/** A pull that tells how it gets on. */
export function tellingPull(
  setting: PullSetting,
  clock: Clock,
  tell: (text: string) => void,
): (image: string) => Promise<unknown> {
  return (image) => {
    tell(`pulling ${image} for a scratch server`);
    return pullImages({ ...setting, onProgress: atMostEvery(clock, 5000, tell) }, [image]);
  };
}

/** What the scratch server of a database is to be made of; nothing is pulled. */
export async function planScratch(
  { session }: BackupRun,
  docker: EngineInfo | null,
  looked: {
    readonly database: Database;
    readonly seen: Inspection;
    readonly level: VerifyLevel | Problem;
  },
): Promise<ScratchPlan | Problem> {
  const { database, seen, level } = looked;
  if (level !== 'restore' || seen.problems.length > 0 || !hasServer(database.settings.engine))
    return { kind: 'none' };
  if (docker !== null) return findScratchImage(session.engine, database, seen);
  const says =
    'is not set, and Docker, which a scratch server needs, does not answer on the server';
  const fix =
    'is it up, and may this user use it? Without Docker set verify: read, which proves less';
  return { path: 'verify', says, fix };
}

interface Planned {
  readonly database: Database;
  readonly scratch: ScratchPlan;
}

/** Pulls the images of scratch servers that are not there yet, one after the other; a dry run leaves them as they are. */
export async function haveScratchImages<T extends Planned>(
  run: BackupRun,
  planned: readonly T[],
): Promise<{ readonly problems: readonly Problem[]; readonly planned: readonly T[] }> {
  const problems: Problem[] = [];
  const had: T[] = [];
  for (const one of planned) {
    const scratch = await haveImage(run, one.scratch);
    if ('says' in scratch) {
      const index = run.databases.indexOf(one.database.settings);
      problems.push({ ...scratch, path: run.pathOf(index, scratch.path) });
    } else had.push({ ...one, scratch });
  }
  return { problems, planned: had };
}

async function haveImage(
  { session, pull }: BackupRun,
  scratch: ScratchPlan,
): Promise<ScratchPlan | Problem> {
  if (scratch.kind !== 'absent' || pull === null) return scratch;
  const { name } = scratch;
  try {
    await pull(name);
    return { kind: 'here', image: scratchImageOf(name, await session.engine.inspectImage(name)) };
  } catch (thrown) {
    if (!(thrown instanceof ShiplockError) || thrown.fault === 'bug') throw thrown;
    const why = thrown.hint === undefined ? '' : ` (${thrown.hint.replace(/\.$/, '')})`;
    const says = `the scratch server has no image: ${messageOf(thrown)}${why}`;
    return { path: 'scratch-image', says, fix: waysOut };
  }
}

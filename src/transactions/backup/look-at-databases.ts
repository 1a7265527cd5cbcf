import { judgeCopies } from '../../domain/backup/judge-copies';
import {
  backupsOf,
  chooseLevel,
  judgeEmptiness,
  judgeRoom,
  lastFilled,
} from '../../domain/backup/verdicts';
import { bytesOf, type BackupManifest } from '../../domain/records/backup';
import { sourceOf, type DatabaseSettings, type VerifyLevel } from '../../domain/backup/database';
import type { Problem } from '../../domain/problem';
import type { Database } from '../../operations/backup/database';
import type { DatabaseEngine, Inspection } from '../../operations/backup/database-engine';
import { engines } from '../../operations/backup/engines';
import { findDatabase } from '../../operations/backup/find-database';
import type { ScratchPlan } from '../../operations/backup/find-scratch-image';
import { readShelf, type Shelf } from '../../operations/backup/shelf';
import type { EngineInfo } from '../../platform/docker-api/types';
import type { BackupRun } from './backup-run';
import { haveScratchImages, planScratch } from './scratch-images';

/** One database, as it was found: what would be taken, and how it would be proven. */
export interface PlannedBackup {
  readonly database: Database;
  readonly engine: DatabaseEngine;
  readonly seen: Inspection;
  readonly level: VerifyLevel;
  readonly scratch: ScratchPlan;
  /** Backups of the same source, the oldest first. */
  readonly earlier: readonly BackupManifest[];
}

/** All that was seen without changing anything. */
export interface BackupLook {
  readonly problems: readonly Problem[];
  readonly warnings: readonly string[];
  readonly planned: readonly PlannedBackup[];
  readonly shelf: Shelf;
  readonly docker: EngineInfo | null;
}

/** Looks at every database and at the room for their backups: all problems at once, nothing is touched. */
export async function lookAtDatabases(run: BackupRun): Promise<BackupLook> {
  const docker = await run.session.engine.info().catch(() => null);
  const shelf = await readShelf(run.session.host, run.base, docker?.dockerRoot ?? '');
  const looks = await Promise.all(
    run.databases.map((settings, index) => lookAtOne(run, shelf, settings, index, docker)),
  );
  const planned = looks.flatMap(({ planned: one }) => (one === null ? [] : [one]));
  const problems = [
    ...shelf.missingTools.map(missingTool),
    ...shelf.unfinished.map(unfinished),
    ...looks.flatMap(({ problems }) => problems),
    ...copyProblems(run),
    ...roomProblems(shelf, planned),
  ];
  // Nothing is downloaded for a run that is refused.
  const had = problems.length > 0 ? { problems, planned } : await haveScratchImages(run, planned);
  return {
    ...had,
    warnings: planned.flatMap(({ seen }) => seen.warnings),
    ...{ shelf, docker },
  };
}

const missingTool = (tool: string): Problem => ({
  path: '',
  says: `the command ${tool} is missing on the server`,
  fix: `install it (${tool === 'flock' ? 'util-linux' : 'coreutils'})`,
});

const unfinished = (file: string): Problem => ({
  path: '',
  says: 'a restore was cut off: its containers may stand still',
  fix: `end it on the server with: sh ${file}`,
});

function copyProblems({ databases, secrets, pathOf }: BackupRun): readonly Problem[] {
  const given = secrets.copies;
  if (given === null) return [];
  return databases.flatMap((settings, index) =>
    judgeCopies(settings, given).map((problem) =>
      problem.path.startsWith('input ')
        ? problem
        : { ...problem, path: pathOf(index, problem.path) },
    ),
  );
}

interface Look {
  readonly problems: readonly Problem[];
  readonly planned: PlannedBackup | null;
}

async function lookAtOne(
  run: BackupRun,
  shelf: Shelf,
  settings: DatabaseSettings,
  index: number,
  docker: EngineInfo | null,
): Promise<Look> {
  const named = (problem: Problem): Problem => ({
    ...problem,
    path: run.pathOf(index, problem.path),
  });
  const found = await databaseAt(run, settings, docker);
  if ('says' in found) return { problems: [named(found)], planned: null };
  const engine = engines[settings.engine];
  const seen = await engine.inspect(found);
  const earlier = backupsOf(shelf.manifests, sourceOf(settings));
  const empty = judgeEmptiness(seen.standing, settings, {
    released: run.release !== null,
    firstRelease: run.firstRelease,
    earlier,
  });
  const level = chooseLevel(settings, seen.sizeBytes);
  // What is empty, and always was, is only noted.
  const isProven = seen.standing === 'filled' || lastFilled(earlier) !== undefined;
  const scratch: ScratchPlan | Problem = isProven
    ? await planScratch(run, docker, { database: found, seen, level })
    : { kind: 'none' };
  const problems = [
    ...seen.problems,
    ...(empty === null ? [] : [empty]),
    ...(typeof level === 'string' ? [] : [level]),
    ...('says' in scratch ? [scratch] : []),
  ].map(named);
  if (typeof level !== 'string' || 'says' in scratch) return { problems, planned: null };
  const database = { ...found, settings };
  return { problems, planned: { database, engine, seen, level, scratch, earlier } };
}

/** A database with its place and its secrets, or the reason why it has none. */
export async function databaseAt(
  run: BackupRun,
  settings: DatabaseSettings,
  docker: EngineInfo | null,
): Promise<Database | Problem> {
  if (docker === null && settings.service !== null) {
    const fix = 'is Docker up, and may this user use it?';
    return { path: 'service', says: 'Docker does not answer on the server', fix };
  }
  const { session, project, directory } = run;
  const place = await findDatabase({ engine: session.engine, project, directory }, settings);
  if ('says' in place) return place;
  const { urlEnv, passwordEnv } = settings;
  const url = urlEnv === null ? null : run.secrets.variable(urlEnv);
  if (url === undefined) return unset('url-env', urlEnv ?? '');
  const password = passwordEnv === null ? run.secrets.password : run.secrets.variable(passwordEnv);
  if (password === undefined) return unset('password-env', passwordEnv ?? '');
  if (password !== null && /[\r\n\0]/.test(password)) {
    const says = 'has a line break in it, which no password of a database has';
    return {
      path: passwordEnv === null ? 'password' : 'password-env',
      says,
      fix: 'give it without',
    };
  }
  return {
    ...{ settings, place, secrets: { password, url } },
    ...{ host: session.host, docker: run.docker, nodeImage: run.nodeImage },
    monotonic: () => run.clock.monotonic(),
  };
}

const unset = (path: string, name: string): Problem => ({
  path,
  says: `the variable ${name} is not set in this step`,
  fix: `add it to the step: env: { ${name}: \${{ secrets.${name} }} }`,
});

/** Backups are made one after the other, and the copies of before stay: the sum of the dumps, and the largest restore. */
function roomProblems({ rooms }: Shelf, planned: readonly PlannedBackup[]): readonly Problem[] {
  const [backups, docker] = rooms;
  const dump = planned.reduce((sum, { seen, earlier }) => {
    const last = lastFilled(earlier);
    return (
      sum + (last === undefined ? seen.sizeBytes : Math.min(seen.sizeBytes, bytesOf(last) * 2))
    );
  }, 0);
  const largest = (beside: boolean): number => {
    const restored = planned.filter(
      ({ level, engine }) => level === 'restore' && (engine.provesBeside ?? false) === beside,
    );
    return Math.max(0, ...restored.map(({ seen }) => seen.sizeBytes));
  };
  const same = docker === undefined || docker.bytes === backups?.bytes;
  const free = { backups: backups?.bytes ?? null, docker: docker?.bytes ?? null, same };
  const nothingToDo = planned.every(({ seen }) => seen.standing !== 'filled');
  return nothingToDo
    ? []
    : judgeRoom(free, { dump, restore: largest(false), beside: largest(true) });
}

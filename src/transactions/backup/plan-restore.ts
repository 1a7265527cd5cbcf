import { sourceOf } from '../../domain/backup/database';
import { judgeVersion, judgeRestore, type RestoreAsked } from '../../domain/backup/judge-restore';
import { refusal, type Problem } from '../../domain/problem';
import type { BackupManifest } from '../../domain/records/backup';
import { ShiplockError } from '../../errors';
import { readLease } from '../../operations/backup/app-folder';
import type { Database } from '../../operations/backup/database';
import type { DatabaseEngine, Inspection } from '../../operations/backup/database-engine';
import { engines } from '../../operations/backup/engines';
import { backupsFolder, readShelf, type Shelf } from '../../operations/backup/shelf';
import type { EngineInfo } from '../../platform/docker-api/types';
import type { BackupRun } from './backup-run';
import { databaseAt } from './look-at-databases';

/** What is asked of a restore. */
export interface RestoreRequest extends RestoreAsked {
  /** Why there is to be no backup of the target first; null = there is one. */
  readonly skipSafety: string | null;
  readonly actor: string;
}

/** A restore that can be done. */
export interface PlannedRestore {
  readonly manifest: BackupManifest;
  readonly folder: string;
  readonly database: Database;
  readonly engine: DatabaseEngine;
  /** null = the target cannot be looked at, and its safety backup is skipped. */
  readonly seen: Inspection | null;
  readonly shelf: Shelf;
  readonly docker: EngineInfo | null;
  readonly warnings: readonly string[];
}

/** Everything that can be known before data is replaced: refuses with all problems at once. */
export async function planRestore(
  run: BackupRun,
  request: RestoreRequest,
): Promise<PlannedRestore> {
  const { host } = run.session;
  const docker = await run.session.engine.info().catch(() => null);
  const shelf = await readShelf(host, run.base, docker?.dockerRoot ?? '');
  const { problems: asked, choice } = judgeRestore(request, {
    ...{ manifests: shelf.manifests, databases: run.databases, host: host.name },
    machineId: shelf.machineId,
  });
  const problems: Problem[] = [...asked, ...(await leaseProblems(run))];
  const settings = choice === null ? undefined : run.databases[choice.index];
  if (choice === null || settings === undefined) throw refusal(host.name, problems);
  const { manifest, index } = choice;
  const found = await databaseAt(run, settings, docker);
  if ('says' in found)
    throw refusal(host.name, [...problems, { ...found, path: run.pathOf(index, found.path) }]);
  const engine = engines[settings.engine];
  const { seen, warnings, obstacles } = await lookAtTarget(engine, found, request);
  const major = seen === null ? null : judgeVersion(manifest, seen.serverVersion);
  problems.push(...obstacles, ...(major === null ? [] : [major]));
  if (problems.length > 0) throw refusal(host.name, problems);
  const folder = `${backupsFolder(run.base)}/${manifest.id}`;
  return { manifest, folder, database: found, engine, seen, shelf, docker, warnings };
}

/** A target that is broken cannot be backed up first; then somebody has to say that it may be replaced all the same. */
async function lookAtTarget(
  engine: DatabaseEngine,
  database: Database,
  { skipSafety }: RestoreRequest,
): Promise<{
  readonly seen: Inspection | null;
  readonly warnings: readonly string[];
  readonly obstacles: readonly Problem[];
}> {
  const looked = await engine.inspect(database).catch((thrown: unknown) => {
    if (!(thrown instanceof ShiplockError) || thrown.fault === 'bug') throw thrown;
    return thrown;
  });
  const problems: readonly Problem[] =
    looked instanceof ShiplockError
      ? [{ path: '', says: looked.message, fix: looked.hint ?? '' }]
      : looked.problems;
  const seen = looked instanceof ShiplockError ? null : looked;
  if (skipSafety !== null)
    return { seen, warnings: problems.map(({ says }) => says), obstacles: [] };
  const obstacles = problems.map(({ says, fix }) => ({
    path: `target ${sourceOf(database.settings)}`,
    says: `cannot be backed up before it is replaced: ${says}`,
    fix: `${fix === '' ? '' : `${fix}; or, `}if it is broken and may be replaced without a copy, say why in the input skip-safety-backup`,
  }));
  return { seen, warnings: [], obstacles };
}

/** A deploy at work migrates and switches: nobody restores under it. */
async function leaseProblems({ session, base, clock }: BackupRun): Promise<Problem[]> {
  const holder = await readLease(session.host, base, clock.now());
  if (holder === null) return [];
  const says = `a release is at work: ${holder}`;
  return [{ path: '', says, fix: 'wait until it has ended, then restore' }];
}

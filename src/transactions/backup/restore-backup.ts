import { shortNameOf, sourceOf } from '../../domain/backup/database';
import { judgeMajor, judgeRestore, type RestoreAsked } from '../../domain/backup/judge-restore';
import type { Problem } from '../../domain/problem';
import { refusal } from '../../domain/problem';
import type { BackupManifest } from '../../domain/records/backup';
import { messageOf, ShiplockError } from '../../errors';
import { noteAudit, readLease } from '../../operations/backup/app-folder';
import type { Database } from '../../operations/backup/database';
import type { DatabaseEngine, Inspection, Restored } from '../../operations/backup/database-engine';
import { engineOf } from '../../operations/backup/engines';
import { backupsFolder, holdLock, readShelf, type Shelf } from '../../operations/backup/shelf';
import type { EngineInfo } from '../../platform/docker-api/types';
import type { BackupRun } from './backup-run';
import { changedFiles } from './changed-files';
import { databaseAt, type PlannedBackup } from './look-at-databases';
import { judgeProof } from './prove-backup';
import { takeBackups } from './take-backup';

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

/** What a restore did. */
export interface RestoreDone {
  readonly restored: Restored;
  /** Backup of what was there before; null = there was nothing, or it was skipped. */
  readonly safety: BackupManifest | null;
  readonly tookMs: number;
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
  const engine = engineOf(settings.engine);
  if (engine === null) throw new ShiplockError(`no engine ${settings.engine}`, { fault: 'bug' });
  const { seen, warnings, obstacles } = await lookAtTarget(engine, found, request);
  const major = seen === null ? null : judgeMajor(manifest, seen.serverVersion);
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

/** Puts the backup into the target's place; what was there stays beside it, and was backed up before. */
export async function restoreBackup(
  run: BackupRun,
  planned: PlannedRestore,
  request: RestoreRequest,
): Promise<RestoreDone> {
  const startedMs = run.clock.monotonic();
  const safety = request.skipSafety === null ? await backUpTarget(run, planned) : null;
  const lock = await holdLock(run.session.host, run.base, run.who);
  try {
    await compareBytes(run, planned);
    run.signal.throwIfAborted();
    const restored = await putBack(run, planned);
    await audit(run, planned, request);
    return { restored, safety, tookMs: run.clock.monotonic() - startedMs };
  } finally {
    lock.release();
  }
}

function putBack(
  { clock, tell, signal }: BackupRun,
  { manifest, folder, database, engine }: PlannedRestore,
): Promise<Restored> {
  tell(`${manifest.id}: restoring it for ${sourceOf(database.settings)}`);
  const taken = { folder, manifest };
  return engine.restore(database, taken, {
    tag: tagOf(manifest, clock.now()),
    check: (counts) => {
      // From here on data changes places: a cancel comes in time, or not at all.
      signal.throwIfAborted();
      judgeProof(manifest, counts);
    },
    tell,
  });
}

function audit(
  { session, base, who, clock }: BackupRun,
  { manifest, database }: PlannedRestore,
  { actor }: RestoreRequest,
): Promise<void> {
  return noteAudit(session.host, base, {
    time: new Date(clock.now()).toISOString(),
    ...{ actor, run: who, kind: 'restore', backup: manifest.id },
    target: sourceOf(database.settings),
  });
}

/** `12_20261123t155000`: names of databases and files may have it. */
function tagOf({ sequence }: BackupManifest, now: number): string {
  const time = new Date(now).toISOString().slice(0, 19).replaceAll(/[-:]/g, '').toLowerCase();
  return `${sequence}_${time}`;
}

async function backUpTarget(
  run: BackupRun,
  { database, engine, seen, shelf, docker }: PlannedRestore,
): Promise<BackupManifest | null> {
  if (seen?.standing !== 'filled') return null;
  run.tell(`backing up ${sourceOf(database.settings)} as it is now`);
  // It has to be there quickly and to be whole; it may well be smaller than the one before, that is why somebody restores.
  const settings = { ...database.settings, allowShrink: true };
  const planned: PlannedBackup = {
    ...{ database: { ...database, settings }, engine, seen, level: 'read', earlier: [] },
  };
  const look = { problems: [], warnings: [], planned: [planned], shelf, docker };
  const [outcome] = await takeBackups(run, look);
  if (outcome?.kind === 'taken') return outcome.manifest;
  const thrown = outcome?.thrown;
  throw new ShiplockError(
    `${shortNameOf(settings)} could not be backed up before its restore: ${messageOf(thrown)}`,
    {
      hint: 'Nothing was changed. If it is broken and may be replaced without a copy, say why in the input skip-safety-backup.',
      cause: thrown,
      fault: 'remote',
    },
  );
}

async function compareBytes(run: BackupRun, { manifest, folder }: PlannedRestore): Promise<void> {
  run.tell(`${manifest.id}: comparing it with its manifest`);
  const changed = await changedFiles(run, manifest, folder);
  if (changed.length === 0) return;
  throw new ShiplockError(
    `${manifest.id} is damaged: ${changed.join(', ')} is not what was written`,
    {
      hint: 'Nothing was changed. Restore another backup, or a copy of this one from off the host; and look at the disk (dmesg, smartctl).',
      fault: 'remote',
    },
  );
}

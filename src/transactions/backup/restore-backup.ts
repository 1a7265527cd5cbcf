import { shortNameOf, sourceOf } from '../../domain/backup/database';
import type { BackupManifest } from '../../domain/records/backup';
import { messageOf, ShiplockError } from '../../errors';
import { noteAudit } from '../../operations/backup/app-folder';
import type { Restored } from '../../operations/backup/database-engine';
import { endStages } from '../../operations/backup/shelf';
import type { BackupRun } from './backup-run';
import { changedFiles } from './changed-files';
import type { PlannedBackup } from './look-at-databases';
import type { PlannedRestore, RestoreRequest } from './plan-restore';
import { judgeProof } from './prove-backup';
import { takeBackups } from './take-backup';
import { underLock } from './under-lock';

/** What a restore did. */
export interface RestoreDone {
  readonly restored: Restored;
  /** Backup of what was there before; null = there was nothing, or it was skipped. */
  readonly safety: BackupManifest | null;
  readonly tookMs: number;
}

/** Puts the backup into the target's place; what was there stays beside it, and was backed up before. */
export async function restoreBackup(
  run: BackupRun,
  planned: PlannedRestore,
  request: RestoreRequest,
): Promise<RestoreDone> {
  const startedMs = run.clock.monotonic();
  const safety = request.skipSafety === null ? await backUpTarget(run, planned) : null;
  return underLock(run, async () => {
    await compareBytes(run, planned);
    run.signal.throwIfAborted();
    const restored = await putBack(run, planned);
    await audit(run, planned, request);
    return { restored, safety, tookMs: run.clock.monotonic() - startedMs };
  });
}

async function putBack(
  { clock, tell, signal, session }: BackupRun,
  { manifest, folder, database, engine }: PlannedRestore,
): Promise<Restored> {
  tell(`${manifest.id}: restoring it for ${sourceOf(database.settings)}`);
  // A cancelled run waits for no load to end: its stages fail, and the engine removes what it has made.
  const cancel = (): void => void endStages(session.host, folder);
  signal.addEventListener('abort', cancel);
  const state = { changing: false };
  const order = {
    tag: tagOf(manifest, clock.now()),
    check: (counts: Parameters<typeof judgeProof>[1]) => {
      signal.throwIfAborted();
      judgeProof(manifest, counts);
      // From here on data changes places: a cancel came in time, or not at all.
      signal.removeEventListener('abort', cancel);
      state.changing = true;
    },
    tell,
  };
  try {
    return await engine.restore(database, { folder, manifest }, order);
  } catch (thrown) {
    if (!state.changing) signal.throwIfAborted();
    throw thrown;
  } finally {
    signal.removeEventListener('abort', cancel);
  }
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

/** `12_20261123t155000` */
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
    ...{
      database: { ...database, settings },
      engine,
      seen,
      level: 'read',
      earlier: [],
      scratch: { kind: 'none' },
    },
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

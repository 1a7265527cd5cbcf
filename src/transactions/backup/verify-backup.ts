import type { Work } from '../../domain/backup/work';
import { backupsOf, lastFilled } from '../../domain/backup/verdicts';
import { sourceOf } from '../../domain/backup/database';
import { refusal, type Problem } from '../../domain/problem';
import type { BackupManifest } from '../../domain/records/backup';
import { messageOf, ShiplockError } from '../../errors';
import { backupsFolder, disownBackup, endWork, remarkBackup } from '../../operations/backup/shelf';
import { untilCancelled } from '../until-cancelled';
import { comeToEnd, marked, workOf } from './at-work';
import type { BackupRun } from './backup-run';
import { changedFiles } from './changed-files';
import type { BackupLook, PlannedBackup } from './look-at-databases';
import { proveBackup } from './prove-backup';
import type { BackupOutcome } from './take-backup';
import { underLock } from './under-lock';

/** Proves backups that are there once more: a drill. @param id null = the newest one of each database */
export async function verifyBackups(
  run: BackupRun,
  look: BackupLook,
  id: string | null,
): Promise<readonly BackupOutcome[]> {
  const chosen = chooseBackups(run, look, id);
  const work = workOf(run, look);
  return underLock({ ...run, work }, async () => {
    const outcomes: BackupOutcome[] = [];
    for (const [planned, manifest] of chosen) {
      if (run.signal.aborted) break;
      outcomes.push(await verifyOne(run, look, planned, manifest, work));
    }
    run.signal.throwIfAborted();
    return outcomes;
  });
}

function chooseBackups(
  run: BackupRun,
  { planned, shelf }: BackupLook,
  id: string | null,
): readonly (readonly [PlannedBackup, BackupManifest])[] {
  const chosen = planned.flatMap((one) => {
    const own = backupsOf(shelf.manifests, sourceOf(one.database.settings));
    const wanted = id === null ? lastFilled(own) : own.find((it) => it.id === id);
    return wanted === undefined ? [] : [[one, wanted] as const];
  });
  if (chosen.length > 0 && (id !== null || chosen.length === planned.length)) return chosen;
  const ids = shelf.manifests.map((manifest) => manifest.id);
  const there = ids.length === 0 ? 'there is none' : `there are ${ids.slice(-5).join(', ')}`;
  const problem: Problem =
    id === null
      ? {
          path: '',
          says: 'not every database has a backup with data',
          fix: 'take one first (mode: backup)',
        }
      : {
          path: 'input backup-id',
          says: `no backup ${id} of these databases is on the server`,
          fix: `name one that is (${there})`,
        };
  throw refusal(`${run.app} in ${run.environment}`, [problem]);
}

async function verifyOne(
  run: BackupRun,
  look: BackupLook,
  planned: PlannedBackup,
  manifest: BackupManifest,
  work: Work,
): Promise<BackupOutcome> {
  const { base, session, clock, tell, signal } = run;
  const folder = `${backupsFolder(base)}/${manifest.id}`;
  const begun = { id: manifest.id, startedAt: clock.now(), startedMonotonic: clock.monotonic() };
  try {
    const { level } = planned;
    tell(`${manifest.id}: comparing it with its manifest`);
    const proving = compareBytes(run, manifest, folder).then(() =>
      proveBackup(run, look, { ...marked(planned, work), folder, manifest, begun }),
    );
    const drilled = await untilCancelled(signal, proving).catch(async (thrown: unknown) => {
      await endWork(session.host, work, folder);
      await comeToEnd(clock, proving);
      throw thrown;
    });
    // A drill that only reads takes nothing away from an earlier restore.
    const proven: BackupManifest = {
      ...drilled,
      stages: manifest.stages,
      endedAt: manifest.endedAt,
      durationMs: manifest.durationMs,
      restoreMs: drilled.restoreMs ?? manifest.restoreMs,
      verify:
        level === 'read' && manifest.verify.level === 'restore' ? manifest.verify : drilled.verify,
    };
    await remarkBackup(session.host, base, proven);
    return { kind: 'taken', manifest: proven, folder, earlier: planned.earlier, after: null };
  } catch (thrown) {
    tell(`${manifest.id}: failed: ${messageOf(thrown)}`);
    return { kind: 'failed', planned, thrown };
  }
}

/** Bytes that are not what they were: it is no backup any more, and neither keeps others from being kept nor is restored. */
async function compareBytes(
  run: BackupRun,
  manifest: BackupManifest,
  folder: string,
): Promise<void> {
  const changed = await changedFiles(run, manifest, folder);
  if (changed.length === 0) return;
  await disownBackup(run.session.host, run.base, manifest.id);
  const list = changed.join(', ');
  throw new ShiplockError(`${manifest.id} is damaged: ${list} is not what was written`, {
    hint: `Take a new backup now, and look at the disk (dmesg, smartctl). The damaged files stay in ${folder}; they count as a backup no more.`,
    fault: 'remote',
  });
}

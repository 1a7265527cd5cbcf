import type { Work } from '../../domain/backup/work';
import { shortNameOf } from '../../domain/backup/database';
import { judgeShrinkage, lastFilled } from '../../domain/backup/verdicts';
import { bytesOf, type BackupManifest } from '../../domain/records/backup';
import { messageOf, ShiplockError } from '../../errors';
import {
  backupsFolder,
  beginBackup,
  discardBackup,
  partialFolder,
  publishBackup,
} from '../../operations/backup/shelf';
import { tellingProgress } from '../../operations/backup/watch-size';
import { untilCancelled } from '../until-cancelled';
import { comeToEnd, marked, workOf } from './at-work';
import type { BackupRun } from './backup-run';
import { draftManifest, emptyManifest } from './draft-manifest';
import type { BackupLook, PlannedBackup } from './look-at-databases';
import { keepAndCopy, type Aftermath } from './keep-and-copy';
import { noteRestore } from './note-restore';
import { proveBackup } from './prove-backup';
import { underLock } from './under-lock';

/** What became of one database. */
export type BackupOutcome =
  | {
      readonly kind: 'taken';
      readonly manifest: BackupManifest;
      readonly folder: string;
      /** Of the same source, the oldest first. */
      readonly earlier: readonly BackupManifest[];
      /** null = it was there before. */
      readonly after: Aftermath | null;
    }
  | { readonly kind: 'failed'; readonly planned: PlannedBackup; readonly thrown: unknown };

/** Takes and proves every backup, one after the other, under the lock; one that fails does not keep the others from it. */
export async function takeBackups(
  run: BackupRun,
  look: BackupLook,
): Promise<readonly BackupOutcome[]> {
  const { signal } = run;
  const work = workOf(run, look);
  return underLock({ ...run, work }, async () => {
    const outcomes: BackupOutcome[] = [];
    for (const planned of look.planned) {
      if (signal.aborted) break;
      outcomes.push(await takeBackup(run, look, planned, work));
    }
    signal.throwIfAborted();
    return outcomes;
  });
}

/** One backup: dump, read, restore, count, and only then its name. */
async function takeBackup(
  run: BackupRun,
  look: BackupLook,
  planned: PlannedBackup,
  work: Work,
): Promise<BackupOutcome> {
  const { session, base, clock } = run;
  const id = await beginBackup(session.host, base, shortNameOf(planned.database.settings));
  const making = makeBackup(run, look, marked(planned, work), id);
  try {
    const made = await untilCancelled(run.signal, making);
    const manifest = await noteRestore(run, planned, made);
    await publishBackup(session.host, base, manifest);
    const folder = `${backupsFolder(base)}/${id}`;
    const after = await keepAndCopy(run, planned.database.settings, manifest, folder);
    return { kind: 'taken', manifest: after.manifest, folder, earlier: planned.earlier, after };
  } catch (thrown) {
    run.tell(`${id}: failed: ${messageOf(thrown)}`);
    await discardBackup(session.host, base, id, work);
    await comeToEnd(clock, making);
    return { kind: 'failed', planned, thrown };
  }
}

async function makeBackup(
  run: BackupRun,
  look: BackupLook,
  planned: PlannedBackup,
  id: string,
): Promise<BackupManifest> {
  const { database, engine, seen, earlier } = planned;
  const begun = { id, startedAt: run.clock.now(), startedMonotonic: run.clock.monotonic() };
  if (seen.standing !== 'filled') {
    run.tell(`${id}: nothing to back up yet, the database is ${seen.standing}`);
    return emptyManifest(run, look, planned, begun);
  }
  const folder = partialFolder(run.base, id);
  const last = lastFilled(earlier);
  run.tell(`${id}: dumping ${database.settings.engine} ${seen.serverVersion}`.trimEnd());
  const dump = await tellingProgress(
    {
      ...{ host: run.session.host, folder, clock: run.clock },
      lastBytes: last === undefined ? null : bytesOf(last),
      tell: (text) => {
        run.tell(`${id}: ${text}`);
      },
    },
    () => engine.dump(database, seen, folder),
  );
  const draft = await draftManifest(run, look, planned, begun, dump);
  const shrunk = judgeShrinkage(bytesOf(draft), last, database.settings);
  if (shrunk !== null) {
    throw new ShiplockError(`the backup is too small to be believed: ${shrunk}`, {
      hint: 'Is it the right database, and is all of its data there? If so much was deleted on purpose, set allow-shrink: true.',
      fault: 'user',
    });
  }
  return proveBackup(run, look, { ...planned, folder, manifest: draft, begun });
}

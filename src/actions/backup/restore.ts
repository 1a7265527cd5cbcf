import { sourceOf } from '../../domain/backup/database';
import { totalRows } from '../../domain/backup/verdicts';
import { refusal } from '../../domain/problem';
import { withoutRows } from '../../domain/records/backup';
import type { ActionContext, RunResult } from '../../platform/github/run-action';
import { restoreSummary } from '../../report/restore-summary';
import type { BackupRun } from '../../transactions/backup/backup-run';
import { fetchMissing } from '../../transactions/backup/fetch-missing';
import { planRestore, type PlannedRestore } from '../../transactions/backup/plan-restore';
import { restoreBackup, type RestoreDone } from '../../transactions/backup/restore-backup';
import type { contract } from './contract';

type Context = ActionContext<typeof contract.inputs>;
type Result = RunResult<typeof contract.outputs>;

/** Puts one backup in the place of one database, after everything that can be known before was judged. */
export async function restoreMode({ inputs, log, env }: Context, run: BackupRun): Promise<Result> {
  const request = {
    id: inputs['backup-id'] ?? null,
    target: inputs.target ?? null,
    confirm: inputs.confirm ?? null,
    skipSafety: inputs['skip-safety-backup'] ?? null,
    actor: env.actor === '' ? 'somebody' : env.actor,
  };
  if (request.id !== null && !inputs['dry-run']) {
    const absent = await fetchMissing(run, request.id);
    if (absent.length > 0) throw refusal(run.session.host.name, absent);
  }
  const planned = await planRestore(run, request);
  for (const text of planned.warnings) log.warning(text);
  const done = inputs['dry-run'] ? null : await restoreBackup(run, planned, request);
  const summary = restoreSummary(reportOf(run, planned, done, request.skipSafety));
  return { outputs: outputsOf(planned, done), summary, exitCode: 0 };
}

function reportOf(
  { session, clock }: BackupRun,
  { manifest, database, warnings }: PlannedRestore,
  done: RestoreDone | null,
  skipped: string | null,
): Parameters<typeof restoreSummary>[0] {
  return {
    host: session.host.name,
    ...{ id: manifest.id, takenAt: manifest.endedAt, now: new Date(clock.now()).toISOString() },
    ...{ target: sourceOf(database.settings), rows: totalRows(manifest.rowCounts) },
    ...{ skipped, warnings },
    done: done && {
      ...{ restoreMs: done.restored.restoreMs, tookMs: done.tookMs },
      ...{ kept: done.restored.kept, remove: done.restored.remove },
      safety: done.safety?.id ?? null,
    },
  };
}

function outputsOf({ manifest, folder }: PlannedRestore, done: RestoreDone | null) {
  if (done === null) return { verdict: undefined };
  return {
    verdict: 'restored' as const,
    ...{ id: manifest.id, path: folder, rows: String(totalRows(manifest.rowCounts)) },
    'restore-seconds': done.restored.restoreMs,
    manifest: [withoutRows(manifest)],
  };
}

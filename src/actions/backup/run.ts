import type { ActionContext, RunResult } from '../../platform/github/run-action';
import { backupResult } from '../../wiring/backup-result';
import { onBackupHost, readBackupConfig } from '../../wiring/backup-run';
import { refusal } from '../../domain/problem';
import { lookAtDatabases } from '../../transactions/backup/look-at-databases';
import { finishRestores } from '../../transactions/backup/finish-restores';
import { takeBackups } from '../../transactions/backup/take-backup';
import { verifyBackups } from '../../transactions/backup/verify-backup';
import type { BackupRun } from '../../transactions/backup/backup-run';
import type { contract } from './contract';
import { listMode, pruneMode } from './keep';
import { readDatabases } from './read-databases';
import { restoreMode } from './restore';

type Context = ActionContext<typeof contract.inputs>;
type Result = RunResult<typeof contract.outputs>;

/** Inputs to backups, and what became of them. */
export async function run(context: Context): Promise<Result> {
  const { inputs } = context;
  const what = readDatabases(inputs);
  const config = await readBackupConfig(context, what);
  return onBackupHost(context, config, what.database !== null, async (backups) => {
    const changes = !inputs['dry-run'] && inputs.mode !== 'list';
    const ended = changes ? await finishRestores(backups) : [];
    for (const text of ended) context.log.warning(text);
    if (inputs.mode === 'restore') return restoreMode(context, backups);
    if (inputs.mode === 'list') return listMode(backups);
    if (inputs.mode === 'prune') return pruneMode(backups, inputs['dry-run']);
    return takeOrVerify(context, inputs.mode, backups);
  });
}

/** All problems first; then a backup, or one proven again. */
async function takeOrVerify(
  { inputs, log }: Context,
  mode: 'backup' | 'verify',
  backups: BackupRun,
): Promise<Result> {
  const startedAt = backups.clock.monotonic();
  const look = await lookAtDatabases(backups);
  for (const text of look.warnings) log.warning(text);
  if (look.problems.length > 0) throw refusal(backups.session.host.name, look.problems);
  const outcomes = inputs['dry-run']
    ? null
    : mode === 'verify'
      ? await verifyBackups(backups, look, inputs['backup-id'] ?? null)
      : await takeBackups(backups, look);
  const durationMs = backups.clock.monotonic() - startedAt;
  return backupResult({ mode, run: backups, look, outcomes, durationMs });
}

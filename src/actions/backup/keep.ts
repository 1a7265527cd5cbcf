import { sourceOf } from '../../domain/backup/database';
import { withoutRows } from '../../domain/records/backup';
import { takeInventory } from '../../operations/backup/keep-backups';
import type { RunResult } from '../../platform/github/run-action';
import { backupLines, backupTable } from '../../report/backup-list';
import { code } from '../../report/markdown';
import { pruneLines, pruneSummary } from '../../report/prune-summary';
import type { BackupRun } from '../../transactions/backup/backup-run';
import { pruneBackups, type PruneReport } from '../../transactions/backup/prune-backups';
import { underLock } from '../../transactions/backup/under-lock';
import type { contract } from './contract';

type Result = RunResult<typeof contract.outputs>;

/** Shows every backup of the app in the environment; changes nothing. */
export async function listMode({ session, base, clock, tell, ...run }: BackupRun): Promise<Result> {
  const inventory = await takeInventory(session.host, base);
  for (const line of backupLines(inventory, clock.now())) tell(line);
  const manifest = inventory.backups.map(withoutRows);
  return {
    outputs: { verdict: 'done', manifest },
    summary: `## Backups of ${code(run.app)} in ${code(run.environment)}\n\n${backupTable(inventory, clock.now())}\n`,
    exitCode: 0,
  };
}

/** Removes what `keep` does not want, of the databases that are configured; a dry run only tells. */
export async function pruneMode(run: BackupRun, dryRun: boolean): Promise<Result> {
  const { session, base, app, environment, tell } = run;
  const report = await (dryRun ? prune(run, true) : underLock(run, () => prune(run, false)));
  for (const line of pruneLines(report)) tell(line.replaceAll('`', ''));
  for (const { name, says } of report.inventory.unreadable)
    tell(`${base}/backups/${name} ${says}; it is left alone`);
  const title = `Old backups of ${code(app)} in ${code(environment)}`;
  return {
    outputs: { verdict: 'done' },
    summary: `## ${title}\n\nOn ${code(session.host.name)}.\n\n${pruneSummary(report)}\n`,
    exitCode: 0,
  };
}

function prune({ session, base, databases }: BackupRun, dryRun: boolean): Promise<PruneReport> {
  const rules = new Map(databases.map((settings) => [sourceOf(settings), settings.keep]));
  return pruneBackups({ host: session.host, base, rules, dryRun });
}

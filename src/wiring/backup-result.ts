import { sourceOf } from '../domain/backup/database';
import { totalRows } from '../domain/backup/verdicts';
import { backupManifest, bytesOf, type BackupManifest } from '../domain/records/backup';
import { messageOf, ShiplockError } from '../errors';
import type { BackupReport, BackupRow } from '../report/backup-report';
import { backupSummary } from '../report/backup-summary';
import type { BackupRun } from '../transactions/backup/backup-run';
import type { BackupLook, PlannedBackup } from '../transactions/backup/look-at-databases';
import type { BackupOutcome } from '../transactions/backup/take-backup';

interface Told {
  readonly mode: BackupReport['mode'];
  readonly run: BackupRun;
  readonly look: BackupLook;
  /** null = a dry run. */
  readonly outcomes: readonly BackupOutcome[] | null;
  readonly durationMs: number;
}

interface BackupResult {
  readonly outputs: ReturnType<typeof outputsOf> & {
    readonly verdict: 'proven' | 'failed' | undefined;
  };
  readonly summary: string;
  readonly exitCode: number;
  readonly error?: string;
}

/** What happened as outputs, summary and exit code. */
export function backupResult({ mode, run, look, outcomes, durationMs }: Told): BackupResult {
  const rows = outcomes === null ? look.planned.map(plannedRow) : outcomes.map(rowOf);
  const { app, environment, session, tell } = run;
  const report = { mode, app, environment, host: session.host.name, rows, durationMs };
  const failed = rows.filter((row) => row.kind === 'failed');
  const taken = (outcomes ?? []).filter((outcome) => outcome.kind === 'taken');
  for (const { source, reason, hint } of failed) tell(`${source}: ${reason}\n${hint ?? ''}`.trim());
  for (const { manifest, folder } of taken)
    tell(`${manifest.id}: ${doneText(manifest)}, in ${folder}`);
  const verdict =
    outcomes === null ? undefined : failed.length > 0 ? ('failed' as const) : ('proven' as const);
  return {
    outputs: { verdict, ...(failed.length > 0 ? {} : outputsOf(taken)) },
    summary: backupSummary({ ...report, warnings: look.warnings }),
    exitCode: failed.length > 0 ? 1 : 0,
    ...(failed.length === 0 ? {} : { error: failed.map(errorOf).join('\n') }),
  };
}

type TakenOutcome = Extract<BackupOutcome, { kind: 'taken' }>;

function outputsOf(taken: readonly TakenOutcome[]) {
  const manifests = taken.map(({ manifest }) => manifest);
  const sum = (values: readonly number[]): number => values.reduce((all, one) => all + one, 0);
  const restores = manifests.flatMap(({ restoreMs }) => restoreMs ?? []);
  if (manifests.length === 0) return {};
  return {
    id: manifests.map(({ id }) => id).join(','),
    path: taken.map(({ folder }) => folder).join(','),
    bytes: String(sum(manifests.map(bytesOf))),
    sha256: manifests.map(({ files }) => files[0]?.sha256Stored ?? '').join(','),
    rows: String(sum(manifests.map(({ rowCounts }) => totalRows(rowCounts)))),
    'verify-level': manifests.every(({ verify }) => verify.level === 'restore')
      ? ('restore' as const)
      : ('structural' as const),
    'restore-seconds': restores.length === 0 ? undefined : sum(restores),
    // Of a large database the rows of each table would not fit into an output.
    manifest: manifests.map((manifest) => backupManifest.omit({ rowCounts: true }).parse(manifest)),
    copies: manifests.flatMap(({ copies }) => copies),
  };
}

function rowOf(outcome: BackupOutcome): BackupRow {
  if (outcome.kind === 'failed') return failedRow(outcome.planned, outcome.thrown);
  const { manifest, folder, earlier } = outcome;
  const others = earlier.filter(({ id }) => id !== manifest.id);
  const restores = others.flatMap(({ restoreMs }) => restoreMs ?? []);
  return { kind: 'proven', manifest, folder, before: others.at(-1) ?? null, restores };
}

function failedRow(
  { database }: PlannedBackup,
  thrown: unknown,
): Extract<BackupRow, { kind: 'failed' }> {
  const hint = thrown instanceof ShiplockError ? (thrown.hint ?? null) : null;
  return { kind: 'failed', source: sourceOf(database.settings), reason: messageOf(thrown), hint };
}

function plannedRow({ database, seen, level }: PlannedBackup): BackupRow {
  const { serverVersion, sizeBytes, standing } = seen;
  const source = sourceOf(database.settings);
  return { kind: 'planned', source, server: serverVersion, sizeBytes, standing, level };
}

function doneText({ empty, verify }: BackupManifest): string {
  if (empty) return 'nothing there yet, noted';
  return verify.level === 'restore' ? 'restored and counted' : 'read as a whole';
}

const errorOf = ({ source, reason, hint }: Extract<BackupRow, { kind: 'failed' }>): string =>
  `${source}: ${reason}${hint === null ? '' : `\n${hint}`}`;

import { sourceOf } from '../domain/backup/database';
import { formatBytes } from '../domain/backup/format-bytes';
import { totalRows } from '../domain/backup/verdicts';
import { bytesOf, withoutRows, type BackupManifest } from '../domain/records/backup';
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
    readonly verdict: 'proven' | 'not-copied' | 'failed' | undefined;
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
  for (const row of rows) if (row.kind === 'planned') tell(plannedText(row));
  for (const { manifest, folder } of taken)
    tell(`${manifest.id}: ${doneText(manifest)}, in ${folder}`);
  const notCopied = rows.flatMap((row) => (row.kind === 'proven' ? notCopiedTexts(row) : []));
  const errors = [...failed.map(errorOf), ...notCopied];
  const warnings = [...look.warnings, ...taken.flatMap(({ after }) => after?.warnings ?? [])];
  return {
    outputs: {
      verdict: outcomes === null ? undefined : verdictOf(failed.length, notCopied.length),
      ...(failed.length > 0 ? {} : outputsOf(taken)),
    },
    summary: backupSummary({ ...report, warnings }),
    exitCode: errors.length > 0 ? 1 : 0,
    ...(errors.length === 0 ? {} : { error: errors.join('\n') }),
  };
}

/** What is proven on the server stays so without its copy, but is not all that was asked for. */
function verdictOf(failed: number, notCopied: number): 'failed' | 'not-copied' | 'proven' {
  if (failed > 0) return 'failed';
  return notCopied > 0 ? 'not-copied' : 'proven';
}

function notCopiedTexts({
  manifest,
  notCopied,
}: Extract<BackupRow, { kind: 'proven' }>): readonly string[] {
  return notCopied.map(({ vault, reason, hint }) => {
    const says = `${manifest.id} is good on the server, but there is no copy in ${vault}: ${reason}`;
    return hint === null ? says : `${says}\n${hint}`;
  });
}

type PlannedRow = Extract<BackupRow, { kind: 'planned' }>;
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
    manifest: manifests.map(withoutRows),
    copies: manifests.flatMap(({ copies }) => copies),
  };
}

function rowOf(outcome: BackupOutcome): BackupRow {
  if (outcome.kind === 'failed') return failedRow(outcome.planned, outcome.thrown);
  const { manifest, folder, earlier, after } = outcome;
  const others = earlier.filter(({ id }) => id !== manifest.id);
  const restores = others.flatMap(({ restoreMs }) => restoreMs ?? []);
  const notCopied = (after?.notCopied ?? []).map(({ vault, thrown }) => {
    return { vault, reason: messageOf(thrown), hint: hintOf(thrown) };
  });
  const removed = after?.removed ?? [];
  const before = others.at(-1) ?? null;
  return { kind: 'proven', manifest, folder, before, restores, notCopied, removed };
}

function failedRow(
  { database }: PlannedBackup,
  thrown: unknown,
): Extract<BackupRow, { kind: 'failed' }> {
  const source = sourceOf(database.settings);
  return { kind: 'failed', source, reason: messageOf(thrown), hint: hintOf(thrown) };
}

function hintOf(thrown: unknown): string | null {
  return thrown instanceof ShiplockError ? (thrown.hint ?? null) : null;
}

function plannedRow({ database, seen, level, scratch }: PlannedBackup): PlannedRow {
  const { serverVersion, sizeBytes, standing } = seen;
  const source = sourceOf(database.settings);
  const pull = scratch.kind === 'absent' ? scratch.name : null;
  return { kind: 'planned', source, server: serverVersion, sizeBytes, standing, level, pull };
}

function plannedText({ source, standing, sizeBytes, level, pull }: PlannedRow): string {
  if (standing !== 'filled') return `${source}: ${standing}, which would be noted`;
  const proof = level === 'restore' ? 'restored and counted' : 'read as a whole';
  const image = pull === null ? '' : `; ${pull} would be pulled for that`;
  return `${source}: ${formatBytes(sizeBytes)} would be dumped and ${proof}${image}`;
}

function doneText({ empty, verify }: BackupManifest): string {
  if (empty) return 'nothing there yet, noted';
  return verify.level === 'restore' ? 'restored and counted' : 'read as a whole';
}

const errorOf = ({ source, reason, hint }: Extract<BackupRow, { kind: 'failed' }>): string =>
  `${source}: ${reason}${hint === null ? '' : `\n${hint}`}`;

import { totalRows } from '../domain/backup/verdicts';
import { formatBytes } from '../domain/backup/format-bytes';
import { bytesOf, type BackupManifest } from '../domain/records/backup';
import type { BackupReport, BackupRow } from './backup-report';
import { duration } from './durations';
import { code, prose, table } from './markdown';

type Proven = Extract<BackupRow, { kind: 'proven' }>;
type Failed = Extract<BackupRow, { kind: 'failed' }>;
type Planned = Extract<BackupRow, { kind: 'planned' }>;

/** What the person wants to know who is woken up at night: is there a backup, what is in it, how long does it take to have it back. */
export function backupSummary(report: BackupReport): string {
  const proven = report.rows.filter((row) => row.kind === 'proven');
  const failed = report.rows.filter((row) => row.kind === 'failed');
  const planned = report.rows.filter((row) => row.kind === 'planned');
  return [
    `## ${headline(report, proven, failed)}`,
    '',
    `On ${code(report.host)}, in ${duration(report.durationMs)}.`,
    ...failed.flatMap(failure),
    ...(proven.length === 0 ? [] : ['', provenTable(proven), ...proven.flatMap(details)]),
    ...(planned.length === 0 ? [] : ['', plannedTable(planned)]),
    ...report.warnings.flatMap((text) => ['', `⚠️ ${prose(text)}`]),
    '',
  ].join('\n');
}

function headline(
  { mode, app, environment, rows }: BackupReport,
  proven: readonly Proven[],
  failed: readonly Failed[],
): string {
  const where = `${code(app)} in ${code(environment)}`;
  if (failed.length > 0) {
    const rest = proven.length === 0 ? '' : ` (${proven.length} of ${rows.length} went well)`;
    return `❌ ${mode === 'verify' ? 'Drill' : 'Backup'} failed: ${where}${rest}`;
  }
  if (proven.length === 0) return `Backup of ${where}: what would be done`;
  if (proven.some(({ notCopied }) => notCopied.length > 0))
    return `❌ Backup proven on the server, but not copied: ${where}`;
  const read = proven.filter(({ manifest }) => !manifest.empty && manifest.restoreMs === null);
  if (read.length > 0) return `⚠️ Backup read, but not restored: ${where}`;
  return `✅ ${mode === 'verify' ? 'Backup proven again' : 'Backup proven'}: ${where}`;
}

function failure({ source, reason, hint }: Failed): readonly string[] {
  return [
    '',
    `**${prose(source)}** failed: ${prose(reason)}`,
    ...(hint === null ? [] : ['', prose(hint)]),
  ];
}

function provenTable(rows: readonly Proven[]): string {
  return table(
    ['Database', 'Backup', 'Size', 'Rows', 'Proof', 'Recovery takes'],
    rows.map((row) => [
      code(row.manifest.source),
      code(row.manifest.id),
      sizeOf(row),
      String(totalRows(row.manifest.rowCounts)),
      proofOf(row.manifest),
      recoveryOf(row),
    ]),
  );
}

function sizeOf({ manifest, before }: Proven): string {
  const size = formatBytes(bytesOf(manifest));
  return before === null || before.empty
    ? size
    : `${size} (before: ${formatBytes(bytesOf(before))})`;
}

function proofOf({ empty, verify, consistency }: BackupManifest): string {
  if (empty) return 'empty, and nothing was there before';
  if (verify.level === 'structural') return 'read as a whole, not restored';
  return consistency === 'exact'
    ? 'restored, every row counted'
    : 'restored, counted within the changes during the dump';
}

function recoveryOf({ manifest, restores }: Proven): string {
  if (manifest.restoreMs === null) return manifest.empty ? '–' : 'not known';
  const last = restores.slice(-3).map(duration);
  return `${duration(manifest.restoreMs)}${last.length === 0 ? '' : ` (last: ${last.join(', ')})`}`;
}

function details({ manifest, folder, notCopied, removed }: Proven): readonly string[] {
  const { id, restore, copies, files } = manifest;
  const [data] = files;
  return [
    '',
    `**${prose(id)}** is in ${code(folder)}${data === undefined ? '' : `, SHA-256 ${code(data.sha256Stored)}`}.`,
    ...(restore === undefined ? [] : [`To have it back: ${code(restore.command, 500)}`]),
    ...copies.map(({ url }) => `Copy, read back: ${code(url, 500)}`),
    ...notCopied.flatMap(({ vault, reason, hint }) => [
      `**No copy** in ${code(vault, 500)}: ${prose(reason)}`,
      ...(hint === null ? [] : [prose(hint)]),
    ]),
    ...(removed.length === 0
      ? []
      : [`Older ones removed: ${removed.map((one) => code(one)).join(', ')}.`]),
  ];
}

function plannedTable(rows: readonly Planned[]): string {
  return table(
    ['Database', 'Server', 'Data', 'Proof'],
    rows.map(({ source, server, sizeBytes, standing, level, pull }) => [
      code(source),
      server === '' ? '–' : code(server),
      standing === 'filled' ? formatBytes(sizeBytes) : standing,
      `${level === 'restore' ? 'restore into a scratch server' : 'full read only'}${pull === null ? '' : `; ${code(pull)} would be pulled for it`}`,
    ]),
  );
}

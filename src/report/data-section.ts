import type { DeployReport, StandingReport } from './deploy-report';
import { duration } from './durations';
import { code, prose } from './markdown';
import { storyOf } from './verdict-line';

/** What happened to the data: schema before and after, the backup that belongs to the release, how the data suits what serves. */
export function dataSection(report: DeployReport): string {
  const data = dataOf(report);
  if (data === null) return '';
  const { standing } = data;
  // A rollback migrates nothing and takes no backup.
  const own = report.kind === 'rollback' && standing !== undefined ? [] : ownLines(data);
  const withdrawn = ['returned', 'stayed', 'unproven'].includes(storyOf(report));
  return [
    '### Data',
    ...own,
    ...(standing === undefined ? [] : standingLines(standing, report.startedAt)),
    ...(withdrawn || standing !== undefined
      ? ['- Data is never rolled back by itself: what a migration changed stays changed.']
      : []),
  ].join('\n');
}

type Data = NonNullable<DeployReport['data']>;

function ownLines(data: Data): string[] {
  const backups =
    data.backups.length === 0 ? 'none' : data.backups.map((id) => code(id)).join(', ');
  const skipped =
    data.backupSkipped === null
      ? ''
      : `, **skipped by an input:** ${prose(data.backupSkipped, 300)}`;
  return [
    `- **Schema:** ${schema(data.schemaBefore, data.schemaAfter)}`,
    `- **Backup of this release:** ${backups}${skipped}`,
  ];
}

function standingLines(standing: StandingReport, now: string): string[] {
  const { release, schemaOfRelease, schemaNow, moved } = standing;
  const made = `the schema of ${code(release)}`;
  const backups = backupLines(standing, now);
  if (moved === false) {
    const some = standing.backups.length === 0 ? [] : backups;
    return [`- **Schema now:** ${word(schemaNow)}, ${made}`, ...some];
  }
  const says =
    moved === null
      ? `unknown whether it is still ${made} (set \`migrate.version\` to have it read at each release)`
      : `${word(schemaNow)}; ${made} was ${word(schemaOfRelease)}, so see that it can live with the newer one`;
  return [`- **Schema now:** ${says}`, ...backups];
}

function backupLines({ release, movedBy, backups }: StandingReport, now: string): string[] {
  if (backups.length === 0) {
    const since = movedBy === null ? '' : ` from before the migration of ${code(movedBy)}`;
    return [`- **Backup for ${code(release)}:** none is on record${since}`];
  }
  return backups.flatMap((backup) => oneBackup(release, backup, now));
}

function oneBackup(
  release: string,
  { id, folder, takenAt, restore }: StandingReport['backups'][number],
  now: string,
): string[] {
  const age = takenAt === null ? '' : `, ${duration(Date.parse(now) - Date.parse(takenAt))} old`;
  const proof =
    restore?.tookMs == null
      ? ''
      : `; a restore took ${duration(restore.tookMs)} when it was proven`;
  const how =
    restore === null
      ? `its \`manifest.json\` names no command; look into ${code(folder, 300)}`
      : `${code(restore.command, 1000)}${proof}. What was written since is lost by it`;
  return [
    `- **Backup for ${code(release)}:** ${code(id)} in ${code(folder, 300)}${age}`,
    `- **To restore it:** ${how}`,
  ];
}

const word = (version: string | null): string => (version === null ? 'unknown' : code(version));

/** What was reported of the data, else what the runner told the first keeper. */
function dataOf(report: DeployReport): DeployReport['data'] {
  if (report.data !== null) return report.data;
  const facts = report.hosts
    .flatMap((host) => host.records)
    .find((record) => record.facts !== undefined)?.facts;
  return facts === undefined ? null : { ...facts, backupSkipped: null };
}

function schema(before: string | null, after: string | null): string {
  if (before === null && after === null)
    return 'unknown (set `migrate.version` to have it read before and after)';
  const from = before === null ? 'unknown' : code(before);
  const to = after === null ? 'unknown' : code(after);
  return before === after ? `unchanged, ${to}` : `${from} → ${to}`;
}

/** How to go back from a release that serves; empty when there is nothing to go back from or to. */
export function wayBack(report: DeployReport): string {
  if (storyOf(report) !== 'released' || report.previous === null) return '';
  const data = dataOf(report);
  const moved = data !== null && data.schemaBefore !== data.schemaAfter;
  return [
    '### The way back',
    `Run \`actions/rollback\` with \`environment: ${plain(report.environment)}\` and \`version: ${plain(versionOf(report.previous))}\` (no version = the last good release).`,
    moved
      ? 'The schema moved with this release: see first that the older one can live with it, for a rollback leaves the data as it is.'
      : '',
  ]
    .filter((part) => part !== '')
    .join('\n\n');
}

function plain(text: string): string {
  return text.replace(/[^\w.+-]/g, '-').slice(0, 128);
}

/** `7-1.4.0` → `1.4.0`. */
function versionOf(release: string): string {
  return release.replace(/^\d+-/, '');
}

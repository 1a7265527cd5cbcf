import type { DeployReport, StandingReport } from './deploy-report';
import { duration } from './durations';
import { code } from './markdown';
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
  const backup = data.backup === null ? 'none' : code(data.backup);
  return [
    `- **Schema:** ${schema(data.schemaBefore, data.schemaAfter)}`,
    `- **Backup of this release:** ${backup}${data.backupSkipped ? ', **skipped by an input**' : ''}`,
  ];
}

function standingLines(standing: StandingReport, now: string): string[] {
  const { release, schemaOfRelease, schemaNow, moved } = standing;
  const made = `the schema of ${code(release)}`;
  if (moved === false) return [`- **Schema now:** ${word(schemaNow)}, ${made}`];
  const says =
    moved === null
      ? `unknown whether it is still ${made} (set \`migrate.version\` to have it read at each release)`
      : `${word(schemaNow)}; ${made} was ${word(schemaOfRelease)}, so see that it can live with the newer one`;
  return [`- **Schema now:** ${says}`, ...backupLines(standing, now)];
}

function backupLines(
  { release, movedBy, backup, folder, takenAt, restore }: StandingReport,
  now: string,
): string[] {
  if (backup === null) {
    const since = movedBy === null ? '' : ` from before the migration of ${code(movedBy)}`;
    return [`- **Backup for ${code(release)}:** none is on record${since}`];
  }
  const age = takenAt === null ? '' : `, ${duration(Date.parse(now) - Date.parse(takenAt))} old`;
  const proof = restore?.tookMs == null ? '' : `; its proof took ${duration(restore.tookMs)}`;
  const how =
    restore === null
      ? `its \`manifest.json\` names no command; look into ${code(folder ?? '')}`
      : `${code(restore.command, 1000)}${proof}. What was written since is lost by it`;
  return [
    `- **Backup for ${code(release)}:** ${code(backup)} in ${code(folder ?? '', 300)}${age}`,
    `- **To restore it, on the server:** ${how}`,
  ];
}

const word = (version: string | null): string => (version === null ? 'unknown' : code(version));

/** What was reported of the data, else what the runner told the first keeper. */
function dataOf(report: DeployReport): DeployReport['data'] {
  if (report.data !== null) return report.data;
  const facts = report.hosts
    .flatMap((host) => host.records)
    .find((record) => record.facts !== undefined)?.facts;
  return facts === undefined ? null : { ...facts, backupSkipped: false };
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

import type { DeployReport } from './deploy-report';
import { code } from './markdown';
import { storyOf } from './verdict-line';

/** What happened to the data: schema before and after, the backup that belongs to the release. */
export function dataSection(report: DeployReport): string {
  const data = dataOf(report);
  if (data === null) return '';
  const backup = data.backup === null ? 'none' : code(data.backup);
  return [
    '### Data',
    `- **Schema:** ${schema(data.schemaBefore, data.schemaAfter)}`,
    `- **Backup of this release:** ${backup}${data.backupSkipped ? ', **skipped by an input**' : ''}`,
    ...(!['returned', 'stayed', 'unproven'].includes(storyOf(report))
      ? []
      : ['- Data is never rolled back by itself: what a migration changed stays changed.']),
  ].join('\n');
}

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

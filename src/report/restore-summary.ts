import { duration } from './durations';
import { code, prose } from './markdown';

/** A restore as people are told of it. */
export interface RestoreReport {
  readonly host: string;
  readonly id: string;
  readonly takenAt: string;
  readonly now: string;
  readonly target: string;
  readonly rows: number;
  /** null = a dry run. */
  readonly done: {
    readonly restoreMs: number;
    readonly tookMs: number;
    readonly kept: string | null;
    readonly remove: string | null;
    /** Backup of what was there before. */
    readonly safety: string | null;
  } | null;
  /** Why there was no backup of it. */
  readonly skipped: string | null;
  readonly warnings: readonly string[];
}

/** Whether the data is back, where that of before is, and what is left to do. */
export function restoreSummary(report: RestoreReport): string {
  const { done, id, target, host, rows, skipped } = report;
  const age = duration(Date.parse(report.now) - Date.parse(report.takenAt));
  const what = `${code(id)}, ${age} old, ${rows} rows`;
  if (done === null) {
    const first = skipped === null ? 'after a backup of what is there' : 'without a backup of it';
    return `## Restore of ${code(target)}: what would be done\n\nOn ${code(host)}: ${what}, ${first}.\n${warned(report)}`;
  }
  const before = done.kept === null ? 'nothing was there before' : `it is ${prose(done.kept)}`;
  const safety =
    done.safety === null
      ? skipped === null
        ? 'none was needed: nothing was there'
        : `**skipped by an input:** ${prose(skipped, 300)}`
      : code(done.safety);
  return [
    `## ✅ ${code(target)} is restored`,
    '',
    `On ${code(host)}: ${what}. Every row was counted before it took its place. The restore took ${duration(done.restoreMs)}, all of it ${duration(done.tookMs)}.`,
    '',
    `- **What was there before:** ${before}`,
    ...(done.remove === null
      ? []
      : [`- **To remove that, once nobody misses it:** ${code(done.remove, 1000)}`]),
    `- **Backup of it:** ${safety}`,
    '- **What was written since the backup was taken** is only in what was there before.',
    warned(report),
  ].join('\n');
}

const warned = ({ warnings }: RestoreReport): string =>
  warnings.map((text) => `\n⚠️ ${prose(text)}\n`).join('');

import type { LoadReport } from '../../test/support/load/tally';

/** What visitors of one form of proxy met: one report for each kind of connection and stretch of time. */
export interface Measured {
  readonly form: string;
  readonly deploys: number;
  readonly reports: readonly Pick<LoadReport, 'sent' | 'failed' | 'failures' | 'examples'>[];
}

/** What `npm run bench:switch` prints in its last line. */
export function figures(measured: readonly Measured[]): object {
  const forms = measured.map(({ form, deploys, reports }) => [
    form,
    {
      deploys,
      sent: sum(reports.map(({ sent }) => sent)),
      failed: sum(reports.map(({ failed }) => failed)),
      failures: byKind(reports),
      examples: reports.flatMap(({ examples }) => examples).slice(0, 5),
    },
  ]);
  const all = measured.flatMap(({ reports }) => reports);
  const failed = sum(all.map((report) => report.failed));
  return {
    bench: 'switch',
    sent: sum(all.map(({ sent }) => sent)),
    failed,
    met: failed === 0 && all.every(({ sent }) => sent > 0),
    forms: Object.fromEntries(forms) as object,
  };
}

function byKind(reports: Measured['reports']): Readonly<Record<string, number>> {
  const counts = new Map<string, number>();
  for (const [kind, count] of reports.flatMap(({ failures }) => Object.entries(failures))) {
    counts.set(kind, (counts.get(kind) ?? 0) + count);
  }
  return Object.fromEntries(counts);
}

const sum = (values: readonly number[]): number =>
  values.reduce((total, value) => total + value, 0);

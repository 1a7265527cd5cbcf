import { code, prose, table } from './markdown';

/** What the summary of merge-gate tells. */
export interface GateReport {
  readonly passed: boolean;
  readonly timedOut: boolean;
  readonly notes: readonly string[];
  readonly findings: readonly {
    readonly name: string;
    readonly origin: string;
    readonly state: { readonly says: string };
    readonly verdict: 'pass' | 'fail' | 'wait' | 'missing';
    readonly why: string;
    readonly url: string | null;
  }[];
}

const marks = { pass: '✅', fail: '❌', wait: '⏳', missing: '❌ missing' } as const;
const order = ['fail', 'missing', 'wait', 'pass'] as const;
const shown = 500;

/** The verdict, and a row for each job and check, the bad ones first. */
export function mergeSummary({ passed, timedOut, notes, findings }: GateReport): string {
  const sorted = order.flatMap((verdict) => findings.filter((one) => one.verdict === verdict));
  const rows = sorted
    .slice(0, shown)
    .map(({ name, origin, state, verdict, why, url }) => [
      marks[verdict],
      code(name),
      prose(origin, 200),
      prose(state.says, 200),
      prose(why, 400),
      url === null || !/^https?:\/\/[\w.:/?&=%#~+-]+$/.test(url) ? '' : `[open](${url})`,
    ]);
  const more = sorted.length > shown ? [`… and ${sorted.length - shown} more`, ''] : [];
  return [
    `## Merge gate: ${passed ? 'pass' : 'fail'}${timedOut ? ', the time is over' : ''}`,
    '',
    ...notes.map((note) => `> ${prose(note, 600)}\n`),
    ...(rows.length === 0
      ? []
      : [table(['', 'Check', 'From', 'State', 'Why', 'Link'], rows), '', ...more]),
  ].join('\n');
}

import { byteLength, code, folded, prose, table } from './markdown';

/** What the summary of merge-gate tells. */
export interface GateReport {
  readonly passed: boolean;
  readonly timedOut: boolean;
  readonly notes: readonly string[];
  readonly findings: readonly GateFinding[];
  /** Commit whose checks were judged; '' = none was. */
  readonly sha: string;
}

interface GateFinding {
  readonly name: string;
  readonly origin: string;
  readonly state: { readonly says: string; readonly meaning: string };
  readonly verdict: 'pass' | 'fail' | 'wait' | 'missing';
  readonly why: string;
  readonly url: string | null;
}

const marks = { pass: '✅', fail: '❌', wait: '⏳', missing: '❓' } as const;
const words = { fail: 'failed', missing: 'not seen', wait: 'not ended', pass: 'passed' } as const;
const order = ['fail', 'missing', 'wait', 'pass'] as const;
/** The runner throws a whole summary away that has more than 1 MiB; a page is readable long before that. */
const tableBytes = 300_000;

const next =
  '**Next:** open what failed, mend it or run it again with “Re-run failed jobs”. This job run again by itself reads the old results of the jobs that it needs.';

/** The verdict, what stands in the way of the merge, and below it, folded up, what passed. */
export function mergeSummary({ passed, timedOut, notes, findings, sha }: GateReport): string {
  const bad = order.flatMap((verdict) =>
    verdict === 'pass' ? [] : findings.filter((one) => one.verdict === verdict),
  );
  const good = findings.filter(({ verdict }) => verdict === 'pass');
  // A pass that is none at first sight is what somebody asks about later.
  const odd = good.filter(({ why, state }) => why !== '' || state.says !== 'success');
  const plain = good.filter((one) => !odd.includes(one));
  return [
    `## ${passed ? '✅ May be merged' : '❌ Not to be merged'}: ${count(findings)}`,
    timedOut ? '**The time is over:** what is not seen or not ended counts as failed.' : '',
    sha === '' ? '' : `Checks of commit ${code(sha.slice(0, 12))}.`,
    ...notes.map((note) => `> ${prose(note, 600)}`),
    bad.length === 0 ? '' : findingsTable(bad),
    bad.length === 0 ? '' : next,
    odd.length === 0 ? '' : `### Passed, and worth a look\n\n${findingsTable(odd)}`,
    plain.length === 0 ? '' : folded(`${plain.length} succeeded`, findingsTable(plain)),
    '',
  ]
    .filter((part, index, all) => part !== '' || index === all.length - 1)
    .join('\n\n');
}

function count(findings: readonly GateFinding[]): string {
  if (findings.length === 0) return 'there was nothing to judge';
  return order
    .map((verdict) => [findings.filter((one) => one.verdict === verdict).length, verdict] as const)
    .filter(([number]) => number > 0)
    .map(([number, verdict]) => `${number} ${words[verdict]}`)
    .join(', ');
}

function findingsTable(findings: readonly GateFinding[]): string {
  const rows: string[][] = [];
  let bytes = 0;
  for (const finding of findings) {
    const row = rowOf(finding);
    bytes += byteLength(row.join());
    if (bytes > tableBytes) break;
    rows.push(row);
  }
  const whole = table(['', 'Check', 'State', 'Why', 'From'], rows);
  const left = findings.length - rows.length;
  return left === 0 ? whole : `${whole}\n\n… and ${left} more: the output \`report\` has them.`;
}

function rowOf({ name, origin, state, verdict, why, url }: GateFinding): string[] {
  const linked = url !== null && /^https?:\/\/[\w.:/?&=%#~+-]+$/.test(url);
  const shown = code(name);
  return [
    marks[verdict],
    linked ? `[${shown}](${url})` : shown,
    prose(state.says, 200),
    prose(why, 400),
    prose(verdict === 'missing' ? '' : origin || 'this workflow', 200),
  ];
}

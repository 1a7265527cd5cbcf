import { seenVersions, streamsAcrossSwitch, type Played } from './judge-step';
import type { DemoStep } from './steps';

/** A step that was played, and what was wrong with it. */
export interface PlayedStep {
  readonly step: DemoStep;
  readonly played: Played;
  readonly problems: readonly string[];
}

const headings = [
  'step',
  'expected',
  'verdict',
  'seconds',
  'requests',
  'failed',
  'versions',
  'streams',
  'holds',
];

/** The table at the end, one row a step. */
export function table(played: readonly PlayedStep[]): string {
  const rows = [headings, ...played.map(cells)];
  const widths = headings.map((_, column) =>
    Math.max(...rows.map((row) => row[column]?.length ?? 0)),
  );
  const line = (row: readonly string[]): string =>
    row
      .map((cell, column) => cell.padEnd(widths[column] ?? 0))
      .join('  ')
      .trimEnd();
  const [head = [], ...body] = rows.map((row) => line(row));
  return [head, '-'.repeat(head.length), ...body].join('\n');
}

function cells({ step, played, problems }: PlayedStep): string[] {
  const { sent, failed } = requests(played);
  const { streams } = played.traffic;
  const whole = streams.filter(({ completed }) => completed).length;
  const across = streamsAcrossSwitch(played.traffic).length;
  return [
    step.name,
    step.expected.verdict,
    played.verdict || '-',
    (played.durationMs / 1000).toFixed(1),
    sent.toLocaleString('en'),
    String(failed),
    versionNames(played).join(' → '),
    `${whole}/${streams.length} whole${across === 0 ? '' : `, ${across} over the switch`}`,
    problems.length === 0 ? 'yes' : 'NO',
  ];
}

/** What `--json` prints: one line. */
export function json(played: readonly PlayedStep[], ok: boolean): string {
  const steps = played.map(({ step, played: one }) => ({
    step: step.name,
    expected: step.expected.verdict,
    verdict: one.verdict,
    seconds: Math.round(one.durationMs / 100) / 10,
    ...requests(one),
    versions: versionNames(one),
  }));
  return JSON.stringify({ ok, steps });
}

function requests({ traffic }: Played): { sent: number; failed: number } {
  const { fresh, kept } = traffic;
  return { sent: fresh.sent + kept.sent, failed: fresh.failed + kept.failed };
}

function versionNames({ traffic }: Played): string[] {
  return seenVersions(traffic).map(({ version }) => version);
}

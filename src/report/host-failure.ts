import type { ContainerLog, Outcome, TranscriptLine } from '../domain/records/journal';
import type { HostReport } from './deploy-report';
import { code, fence, folded, prose, table } from './markdown';

const mostContainers = 6;
const mostLines = 40;
const mostRows = 30;

/** Why it ended badly on one host: reason, what to do next, last lines of the containers, what the probes heard. */
export function hostFailure(host: HostReport): string {
  const outcome = host.outcome;
  if (outcome === null) return '';
  return [
    `### ${code(host.host)}: ${failedStep(host)}`,
    outcome.reason === null ? '' : `**Reason:** ${prose(outcome.reason)}`,
    outcome.hint === null ? '' : `**What to do next:** ${prose(outcome.hint)}`,
    ...logs(outcome),
    transcript(outcome.transcript),
  ]
    .filter((part) => part !== '')
    .join('\n\n');
}

function failedStep(host: HostReport): string {
  const failed = host.records.find((record) => record.phase === 'failed');
  return failed === undefined ? 'how it ended' : `failed at the step \`${failed.step}\``;
}

function logs(outcome: Outcome): string[] {
  const shown = outcome.logs.filter((log) => log.lines.length > 0).slice(0, mostContainers);
  const left = outcome.logs.length - shown.length;
  return [
    ...shown.map(containerLog),
    left > 0 ? `_${left} more ${left === 1 ? 'container' : 'containers'} not shown_` : '',
  ];
}

function containerLog(log: ContainerLog): string {
  const lines = fence(log.lines, mostLines);
  return `Last lines of ${code(log.container)}:\n\n${lines}`;
}

function transcript(lines: readonly TranscriptLine[]): string {
  if (lines.length === 0) return '';
  const runs = merged(lines);
  const shown = runs.slice(-mostRows);
  const body = table(
    ['after', 'asked', '', 'answer', 'times'],
    shown.map((run) => [
      moment(run.atMs),
      code(run.target, 120),
      run.ok ? '✅' : '❌',
      code(run.said, 300),
      `${run.times}`,
    ]),
  );
  const cut = runs.length > shown.length ? `\n\n_the last ${mostRows} of ${runs.length}_` : '';
  return folded(`Health transcript: ${lines.length} probes`, body + cut);
}

interface Run extends TranscriptLine {
  readonly times: number;
}

/** Answers that repeat are one row: a service that never starts says the same thing for a minute. */
function merged(lines: readonly TranscriptLine[]): Run[] {
  const runs: Run[] = [];
  for (const line of lines) {
    const same = runs.findLastIndex((run) => run.target === line.target);
    const last = runs[same];
    if (last?.ok === line.ok && last.said === line.said) {
      runs[same] = { ...last, times: last.times + 1 };
    } else runs.push({ ...line, times: 1 });
  }
  return runs;
}

/** A moment counted from the start of the checks, or on the clock when it is one. */
function moment(atMs: number): string {
  if (atMs < 1e12) return `${(atMs / 1000).toFixed(1)} s`;
  return new Date(atMs).toISOString().slice(11, 23);
}

import type { ContainerLog, Outcome, TranscriptLine } from '../domain/records/journal';
import type { HostReport } from './deploy-report';
import { seconds } from './durations';
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
  const first = lines[0];
  if (first === undefined) return '';
  const shown = lines.slice(-mostRows);
  const body = table(
    ['after', 'asked', '', 'answer'],
    shown.map((line) => [
      seconds(line.atMs - first.atMs),
      code(line.target, 120),
      line.ok ? '✅' : '❌',
      code(line.said, 300),
    ]),
  );
  const cut = lines.length > shown.length ? `\n\n_the last ${mostRows} of ${lines.length}_` : '';
  const from = new Date(first.atMs).toISOString().slice(11, 19);
  return folded(`Health transcript, from ${from} UTC`, body + cut);
}

import { dataSection, wayBack } from './data-section';
import type { DeployReport } from './deploy-report';
import { gantt } from './gantt';
import { hostFailure } from './host-failure';
import { hostTable, proofTable } from './host-table';
import { planSections } from './plan-section';
import { byteLength, code, fence, fenced, prose, table } from './markdown';
import { storyOf, verdictLines } from './verdict-line';

/** The runner throws a whole summary away that has more than 1 MiB; a page is readable long before that. */
export const summaryBytes = 256 * 1024;

const mostProblems = 100;
const mostWarnings = 30;

/** The job summary of a deploy or a rollback as GitHub-flavoured markdown of at most `summaryBytes` bytes. */
export function deploySummary(report: DeployReport): string {
  const page = report.dryRun === null ? story(report) : plans(report, report.dryRun);
  return `${withinBudget(page, summaryBytes - 1).join('\n\n')}\n`;
}

function story(report: DeployReport): string[] {
  return [
    verdictLines(report),
    problems(report),
    steps(report),
    failure(report),
    report.hosts.length === 0 ? '' : hostTable(report),
    warnings(report),
    // Long by nature: they must not push the short sections below out of the page.
    ...withinBudget(failures(report), summaryBytes / 2),
    proven(report),
    timeline(report),
    dataSection(report),
    wayBack(report),
  ];
}

/** A dry run did nothing, so there is nothing to tell of hosts or times; of the data only how it suits where a rollback goes. */
function plans(report: DeployReport, hosts: NonNullable<DeployReport['dryRun']>): string[] {
  const data = report.data?.standing === undefined ? '' : dataSection(report);
  return [
    verdictLines(report),
    warnings(report),
    data,
    ...hosts.slice(0, 50).flatMap(planSections),
  ];
}

function problems(report: DeployReport): string {
  if (report.problems.length === 0) return '';
  const shown = report.problems.slice(0, mostProblems);
  const left = report.problems.length - shown.length;
  const rows = shown.map((one, index) => [
    `${index + 1}`,
    one.host ? code(one.host) : 'all',
    prose(one.what, 1000),
    prose(one.fix, 1000),
  ]);
  const more = left > 0 ? `\n\n_and ${left} more_` : '';
  return table(['', 'host', 'problem', 'fix'], rows) + more;
}

function steps({ steps: text }: DeployReport): string {
  return text === null ? '' : `### How to mend it\n\n${fence(text.split('\n'), 400)}`;
}

function failure(report: DeployReport): string {
  if (report.failure === null) return '';
  const { reason, hint } = report.failure;
  const next = hint === null ? '' : `\n\n**What to do next:** ${prose(hint)}`;
  return `**Reason:** ${prose(reason)}${next}`;
}

function warnings(report: DeployReport): string {
  const all = report.hosts.flatMap((host) =>
    [...host.warnings, ...(host.outcome?.warnings ?? [])].map((text) => ({ host, text })),
  );
  const lines = all.map(({ host, text }) => `- ⚠️ ${code(host.host)}: ${prose(text, 1000)}`);
  const different = [...new Set(lines)];
  const left = different.length - mostWarnings;
  return [...different.slice(0, mostWarnings), ...(left > 0 ? [`- and ${left} more`] : [])].join(
    '\n',
  );
}

function timeline(report: DeployReport): string {
  const chart = gantt(worstFirst(report));
  return chart === null ? '' : `### Timeline\n\n${fenced(chart, 'mermaid')}`;
}

function proven(report: DeployReport): string {
  const rows = proofTable(report);
  return rows === '' ? '' : `### How it is known\n\n${rows}`;
}

function failures(report: DeployReport): string[] {
  if (storyOf(report) === 'released') return [];
  return worstFirst(report)
    .filter((host) => host.verdict !== 'deployed')
    .map(hostFailure);
}

const weights = { unproven: 0, failed: 1, 'rolled-back': 2, refused: 3, deployed: 4 } as const;

function worstFirst(report: DeployReport): DeployReport['hosts'] {
  return [...report.hosts].sort((a, b) => weights[a.verdict] - weights[b.verdict]);
}

/** Whole sections only, so that no table, fold or code block is left open; says how many did not fit. */
function withinBudget(sections: readonly string[], bytes: number): string[] {
  const kept: string[] = [];
  const written = sections.filter((section) => section !== '');
  let left = bytes - 120; // for the note
  for (const section of written) {
    const size = byteLength(section) + 2;
    if (size > left) continue;
    kept.push(section);
    left -= size;
  }
  const dropped = written.length - kept.length;
  if (dropped === 0) return kept;
  return [
    ...kept,
    `_${dropped} more sections did not fit; the output \`report\` has them in short_`,
  ];
}

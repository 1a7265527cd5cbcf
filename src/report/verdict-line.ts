import type { JournalRecord, Step } from '../domain/records/journal';
import { duration } from './durations';
import type { DeployReport, HostReport } from './deploy-report';
import { code } from './markdown';
import { stepWords } from './words';

/**
 * How a run reads to people: `released` the new one serves · `returned` traffic went over and came back · `stayed` it never
 * went over · `unproven` nobody can say · `refused` nothing was touched · `planned` a dry run.
 */
export type Story = 'released' | 'returned' | 'stayed' | 'unproven' | 'refused' | 'planned';

/** Tells the story of a report; a rollback that did what it was asked for is `released`, whichever word its verdict uses. */
export function storyOf(report: DeployReport): Story {
  if (report.verdict === 'refused') return 'refused';
  if (report.dryRun !== null && report.verdict !== 'failed') return 'planned';
  switch (report.verdict) {
    case 'deployed':
      return 'released';
    case 'rolled-back': {
      const cameBack = report.hosts.some((host) => host.state === 'BACK');
      return report.kind === 'deploy' || cameBack ? 'returned' : 'released';
    }
    case 'failed':
      return report.hosts.some((host) => host.state === 'BACK') ? 'returned' : 'stayed';
    case 'unproven':
      return 'unproven';
  }
}

const icons: Readonly<Record<Story, string>> = {
  released: '✅',
  returned: '↩️',
  stayed: '❌',
  unproven: '⚠️',
  refused: '⛔',
  planned: '📋',
};

/** The heading and the sentence below it: what serves now, and how that is known. */
export function verdictLines(report: DeployReport): string {
  const story = storyOf(report);
  const place = `${code(report.app)} on ${code(report.environment)}`;
  const took = story === 'planned' ? '' : ` Took ${duration(report.durationMs)}.`;
  const run = report.runUrl === null ? '' : ` ${runLink(report.runUrl)}`;
  return `## ${icons[story]} ${place}: ${headline(report, story)}\n\n${sentence(report, story)}${took}${run}${problemCount(report)}`;
}

function runLink(url: string): string {
  return /^https:\/\/[\w./:-]+$/.test(url) ? `[The run](${url}).` : `Run: ${code(url, 300)}.`;
}

function headline(report: DeployReport, story: Story): string {
  const version = code(report.version);
  const rollback = report.kind === 'rollback';
  switch (story) {
    case 'released':
      return rollback ? `rolled back, ${version} serves again` : `${version} is released`;
    case 'returned':
      return `${version} was sent back`;
    case 'stayed':
      return rollback ? `not rolled back to ${version}` : `${version} was not released`;
    case 'unproven':
      return 'what serves is not proven';
    case 'refused':
      return `refused, nothing was touched`;
    case 'planned':
      return rollback ? `plan of a rollback to ${version}` : `plan for ${version}`;
  }
}

function sentence(report: DeployReport, story: Story): string {
  const old = report.previous === null ? 'what ran before' : `release ${code(report.previous)}`;
  switch (story) {
    case 'released':
      return `**Serves now:** ${release(report)} on ${hostCount(report)}.${pending(report)}`;
    case 'returned':
      return `**Serves now:** ${old}, again. Traffic went to ${release(report)} and came back.`;
    case 'stayed':
      return `**Serves now:** ${old}, as before. ${untouched(report)}`;
    case 'unproven':
      return `**Serves now:** unknown. Look at the hosts marked \`UNKNOWN\` before you do anything else; nothing was cleaned up there.`;
    case 'refused':
      return '**Serves now:** what served before.';
    case 'planned':
      return 'A dry run: nothing was changed.';
  }
}

function release(report: DeployReport): string {
  return report.release === null
    ? `version ${code(report.version)}`
    : `release ${code(report.release)}`;
}

function hostCount(report: DeployReport): string {
  return report.hosts.length === 1 ? '1 host' : `all ${report.hosts.length} hosts`;
}

function pending(report: DeployReport): string {
  return report.hosts.some((host) => host.state === 'GREEN+')
    ? ' Cleaning up is not complete, see the warnings; the next run continues it.'
    : '';
}

function untouched(report: DeployReport): string {
  const moved = report.hosts.some((host) => host.records.some((one) => one.step === 'switch'));
  return moved ? '' : 'Traffic was never moved.';
}

/** Stands before the table of them. */
function problemCount({ problems }: DeployReport): string {
  if (problems.length === 0) return '';
  return problems.length === 1
    ? '\n\n**1 problem:**'
    : `\n\n**${problems.length} problems, all of them listed:**`;
}

const proofSteps: readonly Step[] = ['gate', 'switch', 'check', 'bake', 'back'];

/** What the journal of a host says about who serves, as one cell; empty when it holds no proof. */
export function proof(host: HostReport): string {
  const proven = (step: Step): JournalRecord | undefined =>
    host.records.findLast((record) => record.step === step && record.phase === 'done');
  return proofSteps
    .map(proven)
    .filter((record) => record !== undefined)
    .map(
      (record) =>
        `${record.step}: ${record.text ? code(record.text) : stepWords[record.step].done}`,
    )
    .join('<br>');
}

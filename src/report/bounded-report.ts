import type { JournalRecord, Outcome } from '../domain/records/journal';
import type { DeployReport, HostReport } from './deploy-report';
import { byteLength } from './markdown';
import { clip, lastLines, singleLine } from './neutral';

/** One string of an environment or an argument may hold 128 KiB on Linux: users pass outputs on that way. */
export const reportBytes = 96 * 1024;

interface Limits {
  readonly hosts: number;
  readonly containers: number;
  readonly lines: number;
  readonly answers: number;
  readonly notes: boolean;
  readonly records: number;
  readonly text: number;
}

// From generous to bare; the first one that fits is taken.
const steps: readonly Limits[] = [
  { hosts: 100, containers: 4, lines: 20, answers: 30, notes: true, records: 400, text: 1000 },
  { hosts: 100, containers: 4, lines: 20, answers: 20, notes: false, records: 60, text: 500 },
  { hosts: 60, containers: 2, lines: 10, answers: 5, notes: false, records: 30, text: 200 },
  { hosts: 30, containers: 1, lines: 3, answers: 1, notes: false, records: 0, text: 120 },
  { hosts: 10, containers: 0, lines: 0, answers: 0, notes: false, records: 0, text: 80 },
];

/** The report for the output `report`: as JSON it has at most `reportBytes` bytes, and it is still a whole `deployReport`. */
export function boundedReport(report: DeployReport): DeployReport {
  for (const limits of steps) {
    const short = shortened(report, limits);
    if (byteLength(JSON.stringify(short)) <= reportBytes) return short;
  }
  return { ...shortened(report, bare), problems: [], dryRun: null };
}

const bare: Limits = {
  hosts: 5,
  containers: 0,
  lines: 0,
  answers: 0,
  notes: false,
  records: 0,
  text: 40,
};

function shortened(report: DeployReport, limits: Limits): DeployReport {
  const text = (value: string) => singleLine(value, limits.text);
  return {
    ...report,
    hosts: report.hosts.slice(0, limits.hosts).map((host) => shortHost(host, limits)),
    problems: report.problems
      .slice(0, limits.hosts)
      .map((one) => ({ ...one, what: text(one.what), fix: text(one.fix) })),
    steps: report.steps && clip(report.steps, limits.text * 8),
    failure: report.failure && {
      reason: text(report.failure.reason),
      hint: report.failure.hint === null ? null : clip(report.failure.hint, limits.text),
    },
    dryRun:
      report.dryRun?.slice(0, limits.hosts).map((plan) => ({
        host: plan.host,
        steps: plan.steps
          .slice(0, limits.answers * 2)
          .map((one) => ({ step: text(one.step), text: text(one.text) })),
        changes: plan.changes.slice(0, 10).map(({ title, lines }) => ({
          title: text(title),
          lines: lines.slice(0, limits.answers * 2).map(text),
        })),
      })) ?? null,
  };
}

function shortHost(host: HostReport, limits: Limits): HostReport {
  const told = host.records.filter((record) => limits.notes || record.phase !== 'note');
  const kept = limits.records === 0 ? [] : told.slice(-limits.records);
  return {
    ...host,
    digests: Object.fromEntries(Object.entries(host.digests).slice(0, 50)),
    records: kept.map((record) => shortRecord(record, limits)),
    outcome: host.outcome && shortOutcome(host.outcome, limits),
    warnings: host.warnings.slice(0, 20).map((line) => singleLine(line, limits.text)),
  };
}

/** Without the outcome: it stands in the host's report already. */
function shortRecord(record: JournalRecord, limits: Limits): JournalRecord {
  const short = { ...record };
  delete short.outcome;
  if (short.text !== undefined) short.text = singleLine(short.text, limits.text);
  return short;
}

function shortOutcome(outcome: Outcome, limits: Limits): Outcome {
  const text = (value: string | null) => value && singleLine(value, limits.text);
  return {
    ...outcome,
    reason: text(outcome.reason),
    hint: outcome.hint && clip(outcome.hint, limits.text),
    warnings: outcome.warnings.slice(0, 20).map((line) => singleLine(line, limits.text)),
    logs: outcome.logs.slice(0, limits.containers).map((log) => ({
      container: singleLine(log.container, 128),
      lines: lastLines(log.lines, limits.lines, limits.text),
    })),
    transcript: (limits.answers === 0 ? [] : outcome.transcript.slice(-limits.answers)).map(
      (line) => ({
        ...line,
        target: singleLine(line.target, limits.text),
        said: singleLine(line.said, limits.text),
      }),
    ),
  };
}

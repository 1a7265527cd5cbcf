import type { ScanCounts } from '../domain/scan/counts';
import { findingClasses, type FindingClass } from '../domain/scan/finding';
import type { JudgedFinding, ScanJudgement } from '../domain/scan/judge';
import type { OwnRun } from '../domain/scan/tool-run';
import { code, folded, prose, table } from './markdown';

/** How much of each list is shown. */
export interface SummaryLimits {
  readonly findings: number;
  readonly troubles: number;
}
const whole: SummaryLimits = { findings: 100, troubles: 50 };

const marks = {
  clean: '✅ clean',
  warnings: '⚠️ warnings',
  degraded: '❌ degraded',
  findings: '❌ findings',
  'scanner-error': '❌ scanner error',
} as const;

/** The verdict, what stands against it, the findings from the worst on, and what was looked at. */
export function scanSummary(
  judgement: ScanJudgement,
  counts: ScanCounts,
  notes: readonly string[],
  limits: SummaryLimits = whole,
): string {
  const { verdict, degraded, findings, fixed, ignores } = judgement;
  const all = [...judgement.notes, ...notes];
  const gating = findings.filter(({ decision }) => decision === 'fail');
  const rest = findings.filter(({ decision }) => !['fail', 'ignored'].includes(decision));
  const ignored = findings.filter(({ decision }) => decision === 'ignored');
  return [
    `## Scan gate: ${marks[verdict]}`,
    countsLine(counts, judgement),
    ...troubleSection(judgement, limits),
    ...degraded.slice(0, limits.troubles).map((why) => `> Degraded: ${prose(why, 600)}`),
    ...all.slice(0, limits.troubles).map((note) => `> ${prose(note, 600)}`),
    ...section('These fail the run', gating, limits, true),
    ...section('Everything else', rest, limits, false),
    ...section('Ignored', ignored, limits, false),
    ...listed(
      limits.findings,
      'Fixed since the baseline',
      fixed.map(({ rule, target }) => `${code(rule)} in ${code(target)}`),
    ),
    ...listed(
      limits.findings,
      'Ignores that do not work any more',
      ignores.expired.map(({ id, origin }) => `${code(id)} (${code(origin)})`),
    ),
    ...listed(
      limits.findings,
      'Ignores that fit nothing',
      ignores.unused.map(({ id, origin }) => `${code(id)} (${code(origin)})`),
    ),
    lookedAt(judgement),
    '',
  ].join('\n\n');
}

function countsLine(
  { decisions, severities }: ScanCounts,
  { baseline, fixed }: ScanJudgement,
): string {
  const parts = [
    `${decisions.fail} fail`,
    `${decisions.warn} warn`,
    `${decisions.pass} listed`,
    `${decisions.ignored} ignored`,
    ...(baseline.kind === 'found'
      ? [`${decisions.existing} there before`, `${fixed.length} fixed`]
      : []),
  ];
  const bySeverity = Object.entries(severities)
    .filter(([, count]) => count > 0)
    .map(([name, count]) => `${count} ${name}`);
  return `${parts.join(', ')}${bySeverity.length === 0 ? '' : ` (${bySeverity.join(', ')})`}`;
}

function troubleSection({ troubles }: ScanJudgement, limits: SummaryLimits): readonly string[] {
  if (troubles.length === 0) return [];
  const rows = troubles
    .slice(0, limits.troubles)
    .map(({ subject, says, fix }) => [code(subject), prose(says, 600), prose(fix, 600)]);
  const more = troubles.length > rows.length ? [`… and ${troubles.length - rows.length} more`] : [];
  return [
    '### What keeps this from being a pass',
    table(['Report', 'What is wrong', 'What to do'], rows),
    ...more,
  ];
}

function section(
  title: string,
  findings: readonly JudgedFinding[],
  { findings: shown }: SummaryLimits,
  isOpen: boolean,
): readonly string[] {
  if (findings.length === 0) return [];
  const rows = findings.slice(0, shown).map(rowOf);
  const more = findings.length > shown ? `\n\n… and ${findings.length - shown} more` : '';
  const body = `${table(['Severity', 'Rule', 'Where', 'Package', 'Fixed in', 'Why'], rows)}${more}`;
  return isOpen ? [`### ${title}`, body] : [folded(`${title} (${findings.length})`, body)];
}

function rowOf(finding: JudgedFinding): readonly string[] {
  const { rule, severity, target, line, package: found, secret, why } = finding;
  const link = rule.url !== null && /^https:\/\/[\w.:/?&=%#~+-]+$/.test(rule.url) ? rule.url : null;
  return [
    secret ?? severity,
    link === null ? code(rule.id) : `${code(rule.id)} [open](${link})`,
    code(line === null ? target : `${target}:${line}`),
    found === null ? '' : code(`${found.name} ${found.version}`.trim()),
    found === null ? '' : prose(found.fixedIn, 100),
    prose(why, 300),
  ];
}

function listed(shown: number, title: string, lines: readonly string[]): readonly string[] {
  if (lines.length === 0) return [];
  const more = lines.length > shown ? [`- … and ${lines.length - shown} more`] : [];
  const list = [...lines.slice(0, shown).map((line) => `- ${line}`), ...more];
  return [folded(`${title} (${lines.length})`, list.join('\n'))];
}

/** A class that nobody looked for is as telling as what was found. */
function lookedAt({ sources }: ScanJudgement): string {
  const rows = findingClasses.map((one: FindingClass) => {
    const by = sources.filter(({ classes }) => classes.includes(one));
    return [one, by.length === 0 ? 'nobody looked' : by.map(describe).join('<br>')];
  });
  return `### What was looked at\n\n${table(['Class', 'By'], rows)}`;
}

function describe({ path, facts, run }: ScanJudgement['sources'][number]): string {
  const tool = code(`${facts.tool} ${facts.version}`.trim());
  if (run !== null) return [`${tool}: ${code(path)}`, ...ownWords(run)].join(', ');
  const subject = facts.subject === '' ? '' : ` of ${code(facts.subject)}`;
  return `${tool}${subject}, ${code(path)}`;
}

/** What is known of a tool that ran here: what it left out, and how old what it judged by is. */
function ownWords({ filters, database }: OwnRun): readonly string[] {
  if (database === null) return filters.map((filter) => prose(filter, 200));
  const age = database.updatedAt?.toISOString() ?? 'unknown age';
  const words = `database of ${age} (${code((database.digest ?? '').slice(0, 19))})`;
  return [...filters.map((filter) => prose(filter, 200)), words];
}

import { isExisting, fixedSince, type Baseline, type BaselineFinding } from './baseline';
import { findingClasses, severities, type Finding, type FindingClass } from './finding';
import { fingerprintOf, type Identity } from './identity';
import { ignoreFinder, type Ignore } from './ignore';
import type { ScanPolicy } from './policy';
import type { ReportFacts } from './report-facts';
import type { OwnRun } from './tool-run';
import { countedSeverity, weigh } from './weigh';

/** What became of one finding. `existing`: it would fail, but it was there before. */
export type Decision = 'fail' | 'existing' | 'warn' | 'pass' | 'ignored';

export interface JudgedFinding extends Finding, Identity {
  readonly decision: Decision;
  readonly why: string;
  readonly isNew: boolean;
  readonly source: ScanSource;
}

/** One report, as it was asked for and as it was read. */
export interface ScanSource {
  /** Of the file; of a tool that was run here what it scanned. */
  readonly path: string;
  readonly classes: readonly FindingClass[];
  readonly facts: ReportFacts;
  /** What is known because the tool was run here; null = another job ran it. */
  readonly run: OwnRun | null;
}

/** A reason why nobody may call the result clean. */
export interface ScanTrouble {
  /** Path of the report, or the class that nobody looked for. */
  readonly subject: string;
  readonly says: string;
  readonly fix: string;
}

export const scanVerdicts = ['clean', 'warnings', 'degraded', 'findings', 'scanner-error'] as const;
export type ScanVerdict = (typeof scanVerdicts)[number];

/** Everything that the views tell. */
export interface ScanJudgement {
  readonly verdict: ScanVerdict;
  /** Why the result is worth less than it seems; empty = it is not. */
  readonly degraded: readonly string[];
  readonly troubles: readonly ScanTrouble[];
  /** The worst first. */
  readonly findings: readonly JudgedFinding[];
  readonly fixed: readonly BaselineFinding[];
  readonly baseline: Baseline;
  readonly sources: readonly ScanSource[];
  readonly ignores: {
    readonly unused: readonly Ignore[];
    readonly expired: readonly Ignore[];
  };
  readonly notes: readonly string[];
}

/** Whether every report could be used: else what is missing in the result may be there all the same. */
export const isWhole = ({ sources }: Pick<ScanJudgement, 'sources'>): boolean =>
  sources.every(({ classes }) => classes.length > 0);

export interface Evidence {
  readonly findings: readonly (Finding & Identity & { readonly source: ScanSource })[];
  readonly sources: readonly ScanSource[];
  readonly troubles: readonly ScanTrouble[];
  readonly degraded: readonly string[];
  readonly baseline: Baseline;
  readonly active: readonly Ignore[];
  readonly expired: readonly Ignore[];
  readonly notes: readonly string[];
}

export interface JudgeRules {
  readonly policy: ScanPolicy;
  /** A tool's own suppressions count for nothing. */
  readonly strictIgnores: boolean;
  readonly onDegraded: 'fail' | 'pass';
}

/** One verdict over all findings; what could not be proven is never a pass. */
export function judgeScan(evidence: Evidence, rules: JudgeRules): ScanJudgement {
  const { policy } = rules;
  const { baseline, sources, degraded } = evidence;
  const finder = ignoreFinder(evidence.active);
  const judged = evidence.findings.map((finding) =>
    judgeFinding(finding, finder.find(finding), baseline, rules),
  );
  const findings = sortWorstFirst(judged, policy);
  const unused = finder.unused();
  const troubles = [
    ...evidence.troubles,
    ...unproven(policy.required, sources),
    ...baselineTroubles(baseline, policy),
    ...(policy.unusedIgnores === 'fail' ? unused.map(unusedTrouble) : []),
  ];
  const scanned = new Set(sources.flatMap(({ classes }) => classes));
  const now = baseline.kind === 'found' ? new Set(findings.map(fingerprintOf)) : new Set<string>();
  return {
    verdict: verdictOf(findings, troubles.length > 0, degraded.length > 0, rules.onDegraded),
    degraded,
    troubles,
    findings,
    fixed: fixedSince(baseline, now, scanned),
    baseline,
    sources,
    ignores: { unused, expired: evidence.expired },
    notes: evidence.notes,
  };
}

function judgeFinding(
  finding: Evidence['findings'][number],
  ignore: Ignore | null,
  baseline: Baseline,
  { policy, strictIgnores }: JudgeRules,
): JudgedFinding {
  const isNew = baseline.kind !== 'found' || !isExisting(baseline, fingerprintOf(finding));
  // In place, for there may be hundreds of thousands of them.
  const judged = (decision: Decision, why: string): JudgedFinding =>
    Object.assign(finding, { decision, why, isNew });
  if (ignore !== null)
    return judged('ignored', `${ignore.reason || 'no reason'} (${ignore.origin})`);
  if (finding.suppressed !== null && !strictIgnores)
    return judged('ignored', `by the tool itself: ${finding.suppressed}`);
  const { level, why } = weigh(finding, policy);
  if (level === 'fail' && !isNew) return judged('existing', `${why}; it was there before`);
  return judged(level, why);
}

const order: readonly Decision[] = ['fail', 'existing', 'warn', 'pass', 'ignored'];

/** Ranks are few whole numbers: what has the same one stays in the order of the reports. */
function sortWorstFirst(
  findings: readonly JudgedFinding[],
  policy: ScanPolicy,
): readonly JudgedFinding[] {
  const buckets: JudgedFinding[][] = [];
  for (const finding of findings) {
    const { decision, severity, score, secret } = finding;
    const bySeverity =
      secret === 'verified' ? 0 : severities.indexOf(countedSeverity({ severity }, policy));
    const rank =
      order.indexOf(decision) * 1000 + bySeverity * 110 + (100 - Math.round((score ?? 0) * 10));
    (buckets[rank] ??= []).push(finding);
  }
  return buckets.flat();
}

/** A class that the policy speaks of and that nobody looked for: the absence of findings says nothing. */
function unproven(
  required: readonly FindingClass[],
  sources: readonly ScanSource[],
): readonly ScanTrouble[] {
  const missing = findingClasses.filter(
    (one) => required.includes(one) && !sources.some(({ classes }) => classes.includes(one)),
  );
  return missing.map((one) => ({
    subject: one,
    says: 'no report that could be used looked for it',
    fix: `give a report with classes=${one}, or take ${one} out of the policy`,
  }));
}

function baselineTroubles(baseline: Baseline, policy: ScanPolicy): readonly ScanTrouble[] {
  if (baseline.kind !== 'missing' || policy.missingBaseline !== 'fail') return [];
  const fix = 'give the `json` of an earlier run, or set missing-baseline: gate-on-all';
  return [{ subject: 'the baseline', says: baseline.why, fix }];
}

const unusedTrouble = ({ id, origin }: Ignore): ScanTrouble => ({
  subject: origin,
  says: `the ignore of ${id} fits nothing that was found`,
  fix: 'take it out',
});

function verdictOf(
  findings: readonly JudgedFinding[],
  isTroubled: boolean,
  isDegraded: boolean,
  onDegraded: 'fail' | 'pass',
): ScanVerdict {
  if (isTroubled) return 'scanner-error';
  const has = (...decisions: readonly Decision[]): boolean =>
    findings.some(({ decision }) => decisions.includes(decision));
  if (has('fail')) return 'findings';
  if (isDegraded && onDegraded === 'fail') return 'degraded';
  return isDegraded || has('warn', 'existing') ? 'warnings' : 'clean';
}

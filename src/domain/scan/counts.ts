import { findingClasses, severities, type FindingClass, type Severity } from './finding';
import type { Decision, JudgedFinding } from './judge';

export interface ScanCounts {
  readonly total: number;
  readonly decisions: Readonly<Record<Decision, number>>;
  readonly severities: Readonly<Record<Severity, number>>;
  readonly classes: Readonly<Record<FindingClass, number>>;
}

const decisions = ['fail', 'existing', 'warn', 'pass', 'ignored'] as const;

const zeros = <Key extends string>(keys: readonly Key[]): Record<Key, number> =>
  Object.fromEntries(keys.map((key) => [key, 0])) as Record<Key, number>;

/** How many there are; those that are ignored count among the decisions only. */
export function countFindings(findings: readonly JudgedFinding[]): ScanCounts {
  const counts = {
    decisions: zeros(decisions),
    severities: zeros(severities),
    classes: zeros(findingClasses),
  };
  for (const { decision, severity, class: of } of findings) {
    counts.decisions[decision] += 1;
    if (decision === 'ignored') continue;
    counts.severities[severity] += 1;
    counts.classes[of] += 1;
  }
  return { total: findings.length, ...counts };
}

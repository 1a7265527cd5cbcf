import type { Baseline } from '../../src/domain/scan/baseline';
import { blankFinding, type Finding, type FindingClass } from '../../src/domain/scan/finding';
import { identify } from '../../src/domain/scan/identity';
import type { Ignore } from '../../src/domain/scan/ignore';
import { judgeScan, type Evidence, type ScanJudgement } from '../../src/domain/scan/judge';
import { defaultPolicy, type ScanPolicy } from '../../src/domain/scan/policy';
import { noFacts, type ReportFacts } from '../../src/domain/scan/report-facts';

/** A hash that people can read. */
export const plainHash = (text: string): string => text.replaceAll('\n', '|');

export type FindingSketch = Partial<Omit<Finding, 'rule' | 'package'>> & {
  readonly rule?: Partial<Finding['rule']>;
  readonly package?: Partial<Finding['package'] & object>;
};

/** A finding of which only what matters is said. */
export function finding({ rule, package: found, ...more }: FindingSketch = {}): Finding {
  const wholeRule = { id: 'CVE-2026-1', aliases: [], title: 'A hole', url: null, ...rule };
  const blank = blankFinding(more.class ?? 'vulnerability', 'Trivy', wholeRule);
  const whole = {
    name: 'libc6',
    version: '1',
    purl: 'pkg:deb/debian/libc6@1',
    fixedIn: '2',
    scope: null,
    path: '',
  };
  return {
    ...blank,
    target: 'shop',
    severity: 'high',
    ...more,
    package: found === undefined ? null : { ...whole, ...found },
  };
}

/** An ignore that works. */
export const ignore = (more: Partial<Ignore> = {}): Ignore => ({
  id: 'CVE-2026-1',
  class: null,
  packages: [],
  paths: [],
  reason: 'not reached',
  expires: new Date('2026-12-31'),
  origin: 'shiplock.yml:3',
  foreign: false,
  ...more,
});

interface Sketch {
  readonly policy?: Partial<ScanPolicy>;
  readonly active?: readonly Ignore[];
  readonly baseline?: Baseline;
  readonly classes?: readonly FindingClass[];
  readonly facts?: Partial<ReportFacts>;
  readonly evidence?: Partial<Evidence>;
  readonly strictIgnores?: boolean;
  readonly onDegraded?: 'fail' | 'pass';
}

/** The verdict over these findings. */
export function judge(findings: readonly Finding[], sketch: Sketch = {}): ScanJudgement {
  const {
    classes = ['vulnerability'],
    policy,
    strictIgnores = false,
    onDegraded = 'fail',
  } = sketch;
  const source = {
    path: 'trivy.json',
    classes,
    facts: { ...noFacts, tool: 'Trivy', ...sketch.facts },
    run: null,
  };
  const evidence: Evidence = {
    findings: identify(findings, plainHash).map((one) => ({ ...one, source })),
    sources: [source],
    troubles: [],
    degraded: [],
    baseline: sketch.baseline ?? { kind: 'none' },
    active: sketch.active ?? [],
    expired: [],
    notes: [],
    ...sketch.evidence,
  };
  return judgeScan(evidence, {
    policy: { ...defaultPolicy, ...policy },
    strictIgnores,
    onDegraded,
  });
}

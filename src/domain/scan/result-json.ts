import type { ScanCounts } from './counts';
import { fingerprintOf } from './identity';
import type { JudgedFinding, ScanJudgement } from './judge';

export const resultSchema = 'shiplock-scan/1';

/** The whole result as JSON, piece by piece: it may be larger than a text can be. */
export function* resultJson(
  judgement: ScanJudgement,
  counts: ScanCounts,
  createdAt: Date,
): Iterable<string> {
  const { verdict, degraded, troubles, sources, fixed, baseline, ignores, notes } = judgement;
  const head = {
    schema: resultSchema,
    createdAt: createdAt.toISOString(),
    verdict,
    degraded,
    troubles,
    counts,
    sources,
    baseline: baseline.kind,
    fixed,
    ignores,
    notes,
  };
  yield `${JSON.stringify(head).slice(0, -1)},"findings":[`;
  let separator = '\n';
  for (const finding of judgement.findings) {
    yield separator + JSON.stringify(plain(finding));
    separator = ',\n';
  }
  yield '\n]}\n';
}

function plain(finding: JudgedFinding): Record<string, unknown> {
  const { class: of, rule, severity, score, tool, target, line, secret } = finding;
  return {
    fingerprint: fingerprintOf(finding),
    class: of,
    rule: rule.id,
    title: rule.title,
    severity,
    score,
    tool,
    target,
    line,
    package: finding.package,
    secret,
    decision: finding.decision,
    why: finding.why,
    new: finding.isNew,
  };
}

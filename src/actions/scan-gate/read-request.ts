import { usualIgnoreFiles } from '../../config/ignore-files';
import type { InputsOf } from '../../contract/define-action';
import { refusal, type Problem } from '../../domain/problem';
import { readReportLines } from '../../domain/scan/report-line';
import { readThreshold } from '../../domain/scan/thresholds';
import type { ScanRequest } from '../../transactions/scan/judge-scan';
import type { contract } from './contract';
import { entriesOf, planScans } from './plan-scans';
import { readSeverity } from './severity-list';

/** What the inputs ask for; throws one refusal with everything that is wrong with them. */
export function readRequest(inputs: InputsOf<typeof contract.inputs>): ScanRequest {
  const reports = readReportLines(inputs.reports);
  const { plan, problems: faultsOfPlan } = planScans(inputs);
  const severity = readSeverity(inputs.severity, inputs['fail-on']);
  const failOn = readThreshold('fail-on', severity.failOn);
  const warnOn = readThreshold('warn-on', inputs['warn-on']);
  const problems = [
    ...(plan.scans.length + inputs.reports.length + faultsOfPlan.length === 0 ? [nothing] : []),
    ...faultsOfPlan,
    ...severity.problems,
    ...reports.problems,
    ...failOn.problems,
    ...warnOn.problems,
  ];
  if (problems.length > 0) throw refusal('the inputs of this step', problems);
  const ignores = [...inputs.ignores, ...entriesOf(inputs.trivyignores)];
  const areGiven = ignores.length > 0;
  return {
    plan,
    reports: reports.requests,
    config: { path: inputs.config ?? 'shiplock.yml', isGiven: inputs.config !== undefined },
    ignoreFiles: { paths: areGiven ? ignores : usualIgnoreFiles, areGiven },
    overrides: {
      failOn: failOn.texts,
      named: failOn.named,
      warnOn: warnOn.texts,
      ignoreUnfixed: inputs['ignore-unfixed'] ? true : null,
      maxImageSize: inputs['max-image-size'] ?? null,
    },
    strictIgnores: inputs['strict-ignores'],
    allowEmpty: inputs['allow-empty'],
    maxDbAgeMs: inputs['max-db-age'],
    onDegraded: inputs['on-degraded'],
    baseline: inputs.baseline,
  };
}

const nothing: Problem = {
  path: 'input tools',
  says: 'names no scanner, and there is no report: there is nothing to judge',
  fix: 'write tools: trivy, or one kind=path per line in reports, such as gitleaks=leaks.json, made=here',
};

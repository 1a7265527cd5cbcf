import { usualIgnoreFiles } from '../../config/ignore-files';
import type { InputsOf } from '../../contract/define-action';
import { refusal, type Problem } from '../../domain/problem';
import { readReportLines } from '../../domain/scan/report-line';
import { readThreshold } from '../../domain/scan/thresholds';
import type { ScanRequest } from '../../transactions/scan/judge-scan';
import type { contract } from './contract';

/** What the inputs ask for; throws one refusal with everything that is wrong with them. */
export function readRequest(inputs: InputsOf<typeof contract.inputs>): ScanRequest {
  const reports = readReportLines(inputs.reports);
  const failOn = readThreshold('fail-on', inputs['fail-on']);
  const warnOn = readThreshold('warn-on', inputs['warn-on']);
  const problems = [
    ...emptiness(inputs.reports),
    ...reports.problems,
    ...failOn.problems,
    ...warnOn.problems,
  ];
  if (problems.length > 0) throw refusal('the inputs of this step', problems);
  const areGiven = inputs.ignores.length > 0;
  return {
    reports: reports.requests,
    config: { path: inputs.config ?? 'shiplock.yml', isGiven: inputs.config !== undefined },
    ignoreFiles: { paths: areGiven ? inputs.ignores : usualIgnoreFiles, areGiven },
    overrides: {
      failOn: failOn.texts,
      named: failOn.named,
      warnOn: warnOn.texts,
      ignoreUnfixed: inputs['ignore-unfixed'] ? true : null,
    },
    strictIgnores: inputs['strict-ignores'],
    allowEmpty: inputs['allow-empty'],
    maxDbAgeMs: inputs['max-db-age'],
    onDegraded: inputs['on-degraded'],
    baseline: inputs.baseline,
  };
}

function emptiness(lines: readonly string[]): readonly Problem[] {
  if (lines.length > 0) return [];
  const says = 'names no report: there is nothing to judge';
  const fix = 'write one kind=path per line, such as gitleaks=leaks.json, made=here';
  return [{ path: 'input reports', says, fix }];
}

import { countFindings } from '../../domain/scan/counts';
import { resultJson } from '../../domain/scan/result-json';
import type { ScanJudgement } from '../../domain/scan/judge';
import type { ActionContext, RunResult } from '../../platform/github/run-action';
import { scanAnnotations, scanError } from '../../report/scan-annotations';
import { scanSummary } from '../../report/scan-summary';
import { fitSarif } from '../../transactions/scan/fit-sarif';
import { judgeReports } from '../../transactions/scan/judge-scan';
import { scanMachine, type ScanMachine } from '../../wiring/scan-machine';
import type { contract } from './contract';
import { readRequest } from './read-request';

type Context = ActionContext<typeof contract.inputs>;
type Result = RunResult<typeof contract.outputs>;

/** From reports to one verdict, and every view of it. */
export async function run(context: Context): Promise<Result> {
  const { inputs } = context;
  const request = readRequest(inputs);
  const machine = scanMachine(context, inputs['github-token'], inputs['fingerprint-key'] ?? '');
  const judgement = await judgeReports(request, machine);
  return show(judgement, inputs.category, machine);
}

async function show(
  judgement: ScanJudgement,
  category: string,
  { gzipBytes, writeResult, now }: ScanMachine,
): Promise<Result> {
  const counts = countFindings(judgement.findings);
  const sarif = fitSarif(judgement, category, gzipBytes);
  const paths = await writeResult({
    sarif: [sarif.text],
    json: resultJson(judgement, counts, now),
  });
  const isExisting = judgement.findings.filter(({ isNew }) => !isNew).length;
  const error = scanError(judgement);
  return {
    outputs: {
      verdict: judgement.verdict,
      counts: { ...counts },
      new: String(judgement.findings.length - isExisting),
      existing: String(isExisting),
      fixed: String(judgement.fixed.length),
      ...paths,
      'degraded-reason': judgement.degraded.join('; ').replaceAll(/\s+/g, ' '),
    },
    annotations: scanAnnotations(judgement),
    summary: scanSummary(judgement, counts, sarif.notes),
    exitCode: exitCodes[judgement.verdict],
    ...(error === '' ? {} : { error }),
  };
}

const exitCodes = { clean: 0, warnings: 0, degraded: 1, findings: 1, 'scanner-error': 2 } as const;

import { countFindings, type ScanCounts } from '../../domain/scan/counts';
import { isWhole, type ScanJudgement } from '../../domain/scan/judge';
import { resultJson } from '../../domain/scan/result-json';
import type { ActionContext, RunResult } from '../../platform/github/run-action';
import { scanAnnotations, scanError } from '../../report/scan-annotations';
import { commentMarker, scanComment } from '../../report/scan-comment';
import { scanSummary } from '../../report/scan-summary';
import { fitSarif } from '../../transactions/scan/fit-sarif';
import { cacheBaseline } from '../../transactions/scan/judge-scan';
import { shareAlerts, shareComment } from '../../transactions/scan/share-result';
import type { ScanMachine } from '../../wiring/scan-machine';
import { shareMachine } from '../../wiring/share-machine';
import type { contract } from './contract';

type Context = ActionContext<typeof contract.inputs>;
type Result = RunResult<typeof contract.outputs>;

/** Every view of a result: files, alerts, comment, annotations, summary, outputs. */
export async function showResult(
  judgement: ScanJudgement,
  machine: ScanMachine,
  context: Context,
): Promise<Result> {
  const { inputs } = context;
  const { gzipBytes, writeResult, now } = machine;
  const counts = countFindings(judgement.findings);
  const sarif = fitSarif(judgement, inputs.category, gzipBytes);
  const json = resultJson(judgement, counts, now);
  const paths = await writeResult({ sarif: [sarif.text], json });
  if (inputs.baseline === cacheBaseline && isWhole(judgement))
    context.log.line(kept(await machine.keepResult(paths.json)));
  const shared = await share(judgement, counts, sarif, context);
  const errors = [scanError(judgement), shared.error ?? ''].filter((text) => text !== '');
  const code = exitCodes[judgement.verdict];
  return {
    outputs: { ...outputsOf(judgement, counts), ...paths },
    annotations: scanAnnotations(judgement),
    summary: scanSummary(judgement, counts, shared.notes),
    exitCode: shared.error === null ? code : Math.max(code, exitCodes['scanner-error']),
    ...(errors.length === 0 ? {} : { error: errors.join('\n') }),
  };
}

async function share(
  judgement: ScanJudgement,
  counts: ScanCounts,
  sarif: { readonly text: string; readonly notes: readonly string[] },
  { inputs, ...context }: Context,
) {
  const machine = shareMachine(context, inputs['github-token']);
  const { notes, error } = await shareAlerts(
    inputs['upload-sarif'],
    judgement,
    sarif.text,
    machine,
  );
  const known = [...sarif.notes, ...notes];
  if (!inputs.comment) return { notes: known, error };
  const text = scanComment(judgement, counts, known, context.env.runUrl);
  const comment = await shareComment(commentMarker(inputs.category), text, machine);
  return { notes: [...known, ...comment.notes], error };
}

function kept(outcome: boolean | null): string {
  if (outcome === null) return 'This result is no baseline of later runs: it is of no branch';
  return outcome
    ? 'This result is kept, for what will be built upon this commit'
    : 'This result could not be kept';
}

function outputsOf(judgement: ScanJudgement, counts: ScanCounts): Result['outputs'] {
  const existing = judgement.findings.filter(({ isNew }) => !isNew).length;
  return {
    verdict: judgement.verdict,
    counts: { ...counts },
    new: String(judgement.findings.length - existing),
    existing: String(existing),
    fixed: String(judgement.fixed.length),
    'degraded-reason': judgement.degraded.join('; ').replaceAll(/\s+/g, ' '),
  };
}

const exitCodes = { clean: 0, warnings: 0, degraded: 1, findings: 1, 'scanner-error': 2 } as const;

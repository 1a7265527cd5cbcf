import type { OutputsOf } from '../../contract/define-action';
import type { GateVerdict } from '../../transactions/gate-merge';
import type { contract } from './contract';

/** The verdict for the steps and jobs that follow. */
export function outputsOf(verdict: GateVerdict): OutputsOf<typeof contract.outputs> {
  const { passed, findings, notes, timedOut } = verdict;
  const names = (...verdicts: readonly string[]): string[] =>
    findings.filter((one) => verdicts.includes(one.verdict)).map(({ name }) => name);
  const skipped = findings.filter(({ state }) => state.meaning === 'skip');
  return {
    result: passed ? 'success' : 'failure',
    success: passed ? 'true' : 'false',
    failure: passed ? 'false' : 'true',
    failed: names('fail'),
    skipped: skipped.map(({ name }) => name),
    missing: names('missing', 'wait'),
    report: { passed, timedOut, notes: [...notes], findings: [...findings] },
  };
}

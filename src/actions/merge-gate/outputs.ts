import type { OutputsOf } from '../../contract/define-action';
import type { GateVerdict } from '../../transactions/merge/gate-merge';
import type { contract } from './contract';

/** Outputs of a job are a megabyte at most. */
const most = 2000;

/** The verdict for the steps and jobs that follow. */
export function outputsOf(verdict: GateVerdict): OutputsOf<typeof contract.outputs> {
  const { passed, findings, notes, timedOut } = verdict;
  const names = (...verdicts: readonly string[]): string[] =>
    findings.filter((one) => verdicts.includes(one.verdict)).map(({ name }) => name);
  const skipped = findings.filter(({ state }) => state.meaning === 'skip');
  const bad = findings.filter(({ verdict }) => verdict !== 'pass');
  const all = findings.length <= most ? findings : [...new Set([...bad, ...findings])];
  const shown = all.slice(0, most);
  const omitted = findings.length - shown.length;
  return {
    result: passed ? 'success' : 'failure',
    success: passed ? 'true' : 'false',
    failure: passed ? 'false' : 'true',
    failed: names('fail'),
    skipped: skipped.map(({ name }) => name),
    missing: names('missing', 'wait'),
    report: { passed, timedOut, notes: [...notes], findings: shown, omitted },
  };
}

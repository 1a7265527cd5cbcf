import { ShiplockError } from '../errors';

/** One thing the user must change before anything is touched: where it stands, what is wrong, how to put it right. */
export interface Problem {
  /** Config path, compose path or input name, e.g. `release.backend.port`; empty when it is nowhere in particular. */
  readonly path: string;
  readonly says: string;
  readonly fix: string;
  /** Line in the user's file, counted from 1. */
  readonly line?: number | undefined;
}

/** One line for one problem: `release.backend.port (line 7): … Fix: …`. */
export function describeProblem({ path, says, fix, line }: Problem): string {
  const where = `${path}${line === undefined ? '' : ` (line ${line})`}`.trim();
  return `${where === '' ? '' : `${where}: `}${says}. Fix: ${fix}.`;
}

/** The refusal that lists every problem at once; nothing was touched. */
export function refusal(subject: string, problems: readonly Problem[]): ShiplockError {
  const count = problems.length === 1 ? '1 problem' : `${problems.length} problems`;
  const lines = problems.map((problem) => `  - ${describeProblem(problem)}`);
  return new ShiplockError(`${subject}: ${count}\n${lines.join('\n')}`, {
    hint: 'Nothing was touched. Put right what is listed and run again.',
    fault: 'user',
    verdict: 'refused',
  });
}

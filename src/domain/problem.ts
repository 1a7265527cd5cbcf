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

/** What is wrong, and where: `release.backend.port (line 7): is "80", expected a number`. */
export function nameProblem({ path, says, line }: Omit<Problem, 'fix'>): string {
  const where = `${path}${line === undefined ? '' : ` (line ${line})`}`.trim();
  return `${where === '' ? '' : `${where}: `}${says}`;
}

/** One line for one problem: `release.backend.port (line 7): … Fix: …`. */
export function describeProblem(problem: Problem): string {
  return `${nameProblem(problem)}. Fix: ${problem.fix}.`;
}

/** What a refusal may say beyond its list. */
interface RefusalOptions {
  /** Longer instructions that mend one of the problems, with texts to copy. */
  readonly steps?: string | undefined;
  /** `unproven`: it is not known what serves. Default: `refused`. */
  readonly verdict?: 'refused' | 'unproven' | undefined;
}

/** Nothing was touched, because of every problem in the list. */
export class Refusal extends ShiplockError {
  readonly steps: string | null;

  constructor(
    readonly subject: string,
    readonly problems: readonly Problem[],
    { steps, verdict = 'refused' }: RefusalOptions,
  ) {
    const count = problems.length === 1 ? '1 problem' : `${problems.length} problems`;
    const lines = problems.map((problem) => `  - ${indented(describeProblem(problem))}`);
    const hint = 'Nothing was touched. Put right what is listed and run again.';
    super(`${subject}: ${count}\n${lines.join('\n')}`, {
      hint: steps === undefined ? hint : `${hint}\n\n${steps}`,
      fault: verdict === 'unproven' ? 'remote' : 'user',
      verdict,
    });
    this.name = 'Refusal';
    this.steps = steps ?? null;
  }
}

const indented = (text: string): string => text.replaceAll('\n', '\n    ');

/** The refusal that lists every problem at once; nothing was touched. */
export function refusal(
  subject: string,
  problems: readonly Problem[],
  options: RefusalOptions = {},
): Refusal {
  return new Refusal(subject, problems, options);
}

/** Whose turn it is: the user's (fix the input), the remote side's (a server, registry or network), or ours (report it). */
export type Fault = 'user' | 'remote' | 'bug';

/** The verdicts that a run may end with when it did not deploy. */
export type FailureVerdict = 'failed' | 'rolled-back' | 'unproven' | 'refused';

/** The exit code of each way to fail; `rolled-back` is 0 only where the rollback was what the user asked for. */
export const failureExitCodes: Readonly<Record<FailureVerdict, number>> = {
  failed: 1,
  'rolled-back': 1,
  unproven: 2,
  refused: 3,
};

export interface ShiplockErrorOptions {
  /** What to do next, in one or more lines. */
  readonly hint?: string | undefined;
  /** The original error, kept for the log. */
  readonly cause?: unknown;
  readonly fault: Fault;
  /** Overrides the code that the verdict implies. */
  readonly exitCode?: number | undefined;
  readonly verdict?: FailureVerdict | undefined;
}

/** The one error of this code base: the message says what happened, the hint what to do next. */
export class ShiplockError extends Error {
  readonly hint: string | undefined;
  readonly fault: Fault;
  readonly verdict: FailureVerdict;
  readonly exitCode: number;

  constructor(message: string, options: ShiplockErrorOptions) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause });
    this.name = 'ShiplockError';
    this.hint = options.hint;
    this.fault = options.fault;
    this.verdict = options.verdict ?? 'failed';
    this.exitCode = options.exitCode ?? failureExitCodes[this.verdict];
  }
}

/** The message of anything that was thrown. */
export function messageOf(thrown: unknown): string {
  return thrown instanceof Error ? thrown.message : String(thrown);
}

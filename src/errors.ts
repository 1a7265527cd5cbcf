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

/** How a remote command or request ended badly; all but `unreachable` may have changed something. */
export type RemoteReason =
  'unreachable' | 'killed' | 'lost' | 'deadline' | 'too-much-output' | 'aborted';

/** The network or the remote side broke the call off; whether its work was done must be asked, not assumed. */
export class RemoteFailure extends ShiplockError {
  readonly reason: RemoteReason;
  /** `none`: nothing was started. `ended`: it ended, not by itself. `unknown`: it may have been done, or be going on. */
  readonly outcome: 'none' | 'ended' | 'unknown';

  constructor(
    reason: RemoteReason,
    message: string,
    options: Omit<ShiplockErrorOptions, 'fault'> = {},
  ) {
    super(message, { ...options, fault: 'remote' });
    this.name = 'RemoteFailure';
    this.reason = reason;
    this.outcome = reason === 'unreachable' ? 'none' : reason === 'killed' ? 'ended' : 'unknown';
  }
}

/** The Docker Engine answered no; `status` is its HTTP status (404 missing, 409 conflict), 0 inside a stream. */
export class EngineError extends ShiplockError {
  readonly status: number;

  constructor(message: string, status: number, options: Omit<ShiplockErrorOptions, 'fault'> = {}) {
    super(message, { ...options, fault: 'remote' });
    this.name = 'EngineError';
    this.status = status;
  }
}

/** A service did not do what it was asked; `status` is that of HTTP, 0 when no whole answer came. */
class ServiceFailure extends ShiplockError {
  constructor(
    message: string,
    readonly status: number,
    /** How long to wait before the same is asked again, in milliseconds; null = it will not help. */
    readonly retryAfterMs: number | null,
    options: ShiplockErrorOptions,
  ) {
    super(message, options);
  }
}

/** GitHub's API did not answer as hoped. */
export class GithubFailure extends ServiceFailure {
  constructor(
    message: string,
    status: number,
    retryAfterMs: number | null,
    options: Omit<ShiplockErrorOptions, 'fault'> = {},
  ) {
    const fault = retryAfterMs === null ? 'user' : 'remote';
    super(message, status, retryAfterMs, { ...options, fault });
    this.name = 'GithubFailure';
  }
}

/** A registry did not do what it was asked. */
export class RegistryFailure extends ServiceFailure {
  constructor(
    message: string,
    status: number,
    retryAfterMs: number | null,
    options: Omit<ShiplockErrorOptions, 'fault'> = {},
  ) {
    super(message, status, retryAfterMs, { ...options, fault: 'remote' });
    this.name = 'RegistryFailure';
  }
}

import {
  hidesItself,
  judgeChecks,
  type Check,
  type CheckRules,
  type Own,
} from '../../domain/merge/judge-checks';
import type { Finding } from '../../domain/merge/judge-jobs';
import type { Clock } from '../../platform/clock';
import { GithubFailure, ShiplockError } from '../../errors';

/** How long and for what to wait. */
export interface Patience {
  readonly timeoutMs: number;
  /** Between the first two looks; later ones come more rarely. */
  readonly intervalMs: number;
  /** Nothing must have changed for this long before the verdict. */
  readonly settleMs: number;
  /** The first failure is the verdict. */
  readonly failFast: boolean;
}

export interface CheckTools {
  readonly checks: () => Promise<readonly Check[]>;
  readonly own: () => Promise<Own>;
  readonly clock: Clock;
  readonly signal: AbortSignal;
  readonly tell: (text: string) => void;
}

export interface Waited {
  readonly findings: readonly Finding[];
  /** Something was still open, or unseen, when the time was over. */
  readonly timedOut: boolean;
}

const slowest = 60_000;

/**
 * Looks at the checks of a commit until all of them have ended, those that are required were seen, and nothing has changed for
 * a while; or until the time is over. Throws a GithubFailure that no waiting helps against, or that lasts to the end.
 */
export async function waitForChecks(
  rules: CheckRules,
  patience: Patience,
  tools: CheckTools,
): Promise<Waited> {
  const { clock, signal } = tools;
  const end = clock.monotonic() + patience.timeoutMs;
  const tell = onChange(tools.tell);
  let before = '';
  let quietSince = clock.monotonic();
  let pauseMs = patience.intervalMs;
  for (;;) {
    const seen = await look(tools, end);
    const now = clock.monotonic();
    if (seen === null) continue;
    const { checks, own } = seen;
    const findings = judgeChecks(checks, rules, own);
    const state = stateOf(checks);
    if (state !== before) quietSince = now;
    before = state;
    const open = openOf(findings);
    const settlesIn = quietSince + patience.settleMs - now;
    if (open.length === 0 && settlesIn <= 0) return { findings, timedOut: false };
    if (patience.failFast && findings.some(({ verdict }) => verdict === 'fail'))
      return { findings, timedOut: false };
    if (now >= end)
      return { findings: judgeChecks(checks, rules, own, false), timedOut: open.length > 0 };
    tell(open.length === 0 ? 'settling' : `waiting for ${listed(open)}`);
    const next = open.length === 0 ? Math.min(pauseMs, settlesIn) : pauseMs;
    await clock.sleep(Math.min(next, end - now), signal);
    signal.throwIfAborted();
    pauseMs = Math.min(pauseMs * 1.25, slowest);
  }
}

const listed = (names: readonly string[]): string =>
  names.length <= 10
    ? names.join(', ')
    : `${names.slice(0, 10).join(', ')} and ${names.length - 10} more`;

const openOf = (findings: readonly Finding[]): readonly string[] =>
  findings
    .filter(({ verdict }) => verdict === 'wait' || verdict === 'missing')
    .map(({ name }) => name);

/** What there is and how far it is: a check that ends may be what makes GitHub start the next workflow. */
const stateOf = (checks: readonly Check[]): string =>
  JSON.stringify(checks.map(({ kind, id, state }) => [kind, id, state.says]).sort());

function onChange(tell: (text: string) => void): (text: string) => void {
  let told = '';
  return (text) => {
    if (text !== told) tell(text);
    told = text;
  };
}

/** null = not this time, but maybe the next. */
async function look(
  { checks, own, clock, signal, tell }: CheckTools,
  end: number,
): Promise<{ readonly checks: readonly Check[]; readonly own: Own } | null> {
  try {
    const seen = { checks: await checks(), own: await own() };
    if (hidesItself(seen.own, seen.checks)) throw hidden();
    return seen;
  } catch (thrown) {
    if (!(thrown instanceof GithubFailure) || thrown.retryAfterMs === null) throw thrown;
    const pauseMs = Math.max(thrown.retryAfterMs, 1000);
    if (clock.monotonic() + pauseMs >= end) throw thrown;
    tell(`${thrown.message}; asking again in ${Math.ceil(pauseMs / 1000)} s`);
    await clock.sleep(pauseMs, signal);
    signal.throwIfAborted();
    return null;
  }
}

/** Waiting for itself, the gate would never end. */
function hidden(): ShiplockError {
  return new ShiplockError('it cannot be told which of the checks is this job', {
    hint: 'Give `check-run-id: ${{ job.check_run_id }}`, or run the job on a runner whose name no other job of this run has.',
    fault: 'user',
  });
}

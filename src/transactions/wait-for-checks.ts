import { judgeChecks, type Check, type CheckRules } from '../domain/merge/judge-checks';
import type { Finding } from '../domain/merge/judge-jobs';
import type { Clock } from '../platform/clock';
import { GithubFailure } from '../errors';

/** How long and for what to wait. */
export interface Patience {
  readonly timeoutMs: number;
  /** Between the first two looks; later ones come more rarely. */
  readonly intervalMs: number;
  /** Nothing new must have appeared for this long before the verdict. */
  readonly settleMs: number;
  /** The first failure is the verdict. */
  readonly failFast: boolean;
}

export interface CheckTools {
  readonly checks: () => Promise<readonly Check[]>;
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
 * Looks at the checks of a commit until all of them have ended, those that are required were seen, and nothing new has come for
 * a while; or until the time is over. Throws a GithubFailure that no waiting helps against, or that lasts to the end.
 */
export async function waitForChecks(
  rules: CheckRules,
  patience: Patience,
  tools: CheckTools,
): Promise<Waited> {
  const { clock, signal, tell } = tools;
  const start = clock.monotonic();
  const seen = new Set<string>();
  let quietSince = start;
  let pauseMs = patience.intervalMs;
  let told = '';
  for (;;) {
    const left = patience.timeoutMs - (clock.monotonic() - start);
    const checks = await look(tools, left);
    const findings = checks === null ? null : judgeChecks(checks, rules);
    const now = clock.monotonic();
    if (checks?.some(({ name }) => !seen.has(name)) === true) quietSince = now;
    checks?.forEach(({ name }) => seen.add(name));
    const open = (findings ?? []).filter(
      ({ verdict }) => verdict === 'wait' || verdict === 'missing',
    );
    const failed = findings?.some(({ verdict }) => verdict === 'fail') === true;
    const over = now - start >= patience.timeoutMs;
    const settled = findings !== null && open.length === 0 && now - quietSince >= patience.settleMs;
    if (findings !== null && (settled || over || (failed && patience.failFast)))
      return { findings, timedOut: over && open.length > 0 };
    signal.throwIfAborted();
    const text =
      open.length === 0 ? 'settling' : `waiting for ${open.map(({ name }) => name).join(', ')}`;
    if (text !== told) tell(text);
    told = text;
    await clock.sleep(
      Math.max(0, Math.min(pauseMs, patience.timeoutMs - (clock.monotonic() - start))),
      signal,
    );
    pauseMs = Math.min(pauseMs * 1.25, slowest);
  }
}

/** null = not this time, but maybe the next. */
async function look(
  { checks, clock, signal, tell }: CheckTools,
  leftMs: number,
): Promise<readonly Check[] | null> {
  try {
    return await checks();
  } catch (thrown) {
    if (!(thrown instanceof GithubFailure) || thrown.retryAfterMs === null) throw thrown;
    if (leftMs <= thrown.retryAfterMs || leftMs <= 0) throw thrown;
    tell(`${thrown.message}; asking again`);
    await clock.sleep(thrown.retryAfterMs, signal);
    return null;
  }
}

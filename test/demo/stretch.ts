import type { LoadReport } from '../support/load/tally';
import type { Played } from '../../demo/judge-step';
import type { StreamRun } from '../../demo/traffic';

/** Ten seconds of load at 200 a second that saw the given versions; times in milliseconds from its start at 1,000,000. */
export const load = (
  versions: Record<string, readonly [firstMs: number, lastMs: number]>,
  changes: Partial<LoadReport> = {},
): LoadReport => ({
  startedAt: 1_000_000,
  seconds: 10,
  sent: 2000,
  succeeded: 2000,
  failed: 0,
  failures: {},
  examples: [],
  versions: Object.entries(versions).map(([version, [firstMs, lastMs]]) => {
    return { version, firstMs, lastMs, count: 1000 };
  }),
  latencyMs: { p50: 1, p99: 2, max: 3 },
  worstDelayMs: 1,
  ...changes,
});

/** A whole stream, open from and to milliseconds after 1,000,000. */
export const stream = (fromMs: number, toMs: number): StreamRun => ({
  completed: true,
  events: 101,
  bytes: 4000,
  versions: ['v1'],
  openedAt: 1_000_000 + fromMs,
  endedAt: 1_000_000 + toMs,
});

/** A release of v2 as it should be: v1 up to 5 s, v2 from there on, and a stream over the switch. */
export const goodRelease = (): Played => ({
  verdict: 'deployed',
  exitCode: 0,
  durationMs: 10_000,
  traffic: {
    fresh: load({ v1: [0, 5_000], v2: [5_001, 10_000] }),
    kept: load({ v1: [0, 4_990], v2: [5_003, 9_999] }),
    streams: [stream(1_000, 9_000)],
  },
});

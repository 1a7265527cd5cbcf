import type { FailureKind, Outcome } from './request';

/** What a stretch of load found. Times are milliseconds since `startedAt` (epoch milliseconds), latencies count from the moment a request was due. */
export interface LoadReport {
  startedAt: number;
  seconds: number;
  sent: number;
  succeeded: number;
  failed: number;
  failures: Partial<Record<FailureKind, number>>;
  /** The first 50, for the reader of a failed test. */
  examples: { atMs: number; kind: FailureKind; detail: string; reusedConnection: boolean }[];
  /** In the order in which they were first seen. */
  versions: { version: string; firstMs: number; lastMs: number; count: number }[];
  latencyMs: { p50: number; p99: number; max: number };
  /** How late the client itself sent a request, at worst: latencies up to this much are its own fault. */
  worstDelayMs: number;
}

type Failure = Extract<Outcome, { ok: false }>;

const exampleLimit = 50;

/** Counts outcomes from one moment on; `now` gives epoch milliseconds with fractions. */
export class Tally {
  private readonly startedAt: number;
  private readonly latencies: number[] = [];
  private readonly failures: LoadReport['failures'] = {};
  private readonly examples: LoadReport['examples'] = [];
  private readonly versions = new Map<string, LoadReport['versions'][number]>();
  private worstDelayMs = 0;

  constructor(private readonly now: () => number) {
    this.startedAt = now();
  }

  noteDelay(delayMs: number): void {
    this.worstDelayMs = Math.max(this.worstDelayMs, delayMs);
  }

  note(outcome: Outcome, dueAt: number): void {
    const atMs = Math.round(this.now() - this.startedAt);
    this.latencies.push(this.now() - dueAt);
    if (outcome.ok) this.noteVersion(outcome.version, atMs);
    else this.noteFailure(outcome, atMs);
  }

  report(): LoadReport {
    const failed = Object.values(this.failures).reduce((sum, count) => sum + count, 0);
    const sorted = this.latencies.sort((a, b) => a - b);
    const at = (share: number): number =>
      Math.round(
        (sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? 0) * 10,
      ) / 10;
    return {
      startedAt: Math.round(this.startedAt),
      seconds: Math.round(this.now() - this.startedAt) / 1000,
      sent: sorted.length,
      succeeded: sorted.length - failed,
      failed,
      failures: this.failures,
      examples: this.examples,
      versions: [...this.versions.values()],
      latencyMs: { p50: at(0.5), p99: at(0.99), max: at(1) },
      worstDelayMs: Math.round(this.worstDelayMs),
    };
  }

  private noteFailure({ kind, detail, reusedConnection }: Failure, atMs: number): void {
    this.failures[kind] = (this.failures[kind] ?? 0) + 1;
    if (this.examples.length < exampleLimit) {
      this.examples.push({ atMs, kind, detail, reusedConnection });
    }
  }

  private noteVersion(version: string, atMs: number): void {
    const seen = this.versions.get(version);
    if (seen === undefined) {
      this.versions.set(version, { version, firstMs: atMs, lastMs: atMs, count: 1 });
      return;
    }
    seen.lastMs = atMs;
    seen.count += 1;
  }
}

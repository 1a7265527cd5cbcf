import type { Expectation } from './steps';
import { rate, type Stretch, type StreamRun } from './traffic';

/** What a step came to. */
export interface Played {
  /** The action's own word; '' when it gave none. */
  readonly verdict: string;
  readonly exitCode: number | null;
  readonly durationMs: number;
  readonly traffic: Stretch;
}

/** A version in the answers, on both kinds of connections together; epoch milliseconds. */
export interface SeenVersion {
  readonly version: string;
  readonly firstAt: number;
  readonly lastAt: number;
}

/** The versions that visitors saw, in the order of their first answer. */
export function seenVersions({ fresh, kept }: Pick<Stretch, 'fresh' | 'kept'>): SeenVersion[] {
  const seen = new Map<string, SeenVersion>();
  for (const { startedAt, versions } of [fresh, kept]) {
    for (const { version, firstMs, lastMs } of versions) {
      const before = seen.get(version);
      const [firstAt, lastAt] = [startedAt + firstMs, startedAt + lastMs];
      seen.set(version, {
        version,
        firstAt: Math.min(firstAt, before?.firstAt ?? firstAt),
        lastAt: Math.max(lastAt, before?.lastAt ?? lastAt),
      });
    }
  }
  return [...seen.values()].sort((a, b) => a.firstAt - b.firstAt);
}

/** The streams that were open at the moment when a new version answered for the first time. */
export function streamsAcrossSwitch({ streams, ...loads }: Stretch): StreamRun[] {
  const switches = seenVersions(loads)
    .slice(1)
    .map(({ firstAt }) => firstAt);
  return streams.filter(({ openedAt, endedAt }) =>
    switches.some((at) => openedAt < at && at < endedAt),
  );
}

/** Everything that was not as expected; empty = the step holds. */
export function judgeStep(expected: Expectation, played: Played): string[] {
  return [
    ...judgeEnd(expected, played),
    ...judgeVersions(expected, seenVersions(played.traffic)),
    ...judgeRequests('new connections', played.traffic.fresh),
    ...judgeRequests('kept connections', played.traffic.kept),
    ...judgeStreams(expected, played.traffic),
  ];
}

function judgeEnd({ verdict, exitCode }: Expectation, played: Played): string[] {
  return [
    ...(played.verdict === verdict
      ? []
      : [`the verdict is ${played.verdict || 'missing'}, not ${verdict}`]),
    ...(played.exitCode === exitCode
      ? []
      : [`the exit code is ${played.exitCode ?? 'missing'}, not ${exitCode}`]),
  ];
}

// An answer that was under way when traffic moved may come a little later than the first one of the other version.
const goneMs = 1000;

function judgeVersions({ versions, serves }: Expectation, seen: readonly SeenVersion[]): string[] {
  const names = seen.map(({ version }) => version);
  const last = seen.find(({ version }) => version === serves)?.lastAt ?? 0;
  const lingering = seen.filter(
    ({ version, lastAt }) => version !== serves && lastAt > last - goneMs,
  );
  return [
    ...(names.join() === versions.join()
      ? []
      : [`visitors saw ${names.join(', ') || 'nothing'}, not ${versions.join(', ')}`]),
    ...lingering.map(({ version }) => `${version} answered to the end, not only ${serves}`),
  ];
}

function judgeRequests(kind: string, load: Stretch['fresh']): string[] {
  const { sent, failed, seconds, examples } = load;
  const [example] = examples;
  const first = example === undefined ? '' : `, the first: ${example.kind} ${example.detail}`;
  return [
    ...(failed === 0 ? [] : [`${failed} of ${sent} requests on ${kind} failed${first}`]),
    // Fewer than that, and "none failed" would prove nothing.
    ...(sent >= 0.8 * rate * seconds && sent > 0
      ? []
      : [`only ${sent} requests on ${kind} in ${seconds.toFixed(1)} s`]),
  ];
}

function judgeStreams({ versions }: Expectation, traffic: Stretch): string[] {
  const broken = traffic.streams.filter(({ completed }) => !completed);
  const across = streamsAcrossSwitch(traffic);
  return [
    ...broken.map(({ error }) => `a stream broke: ${error ?? 'unknown'}`),
    ...(versions.length === 1 || across.length > 0 ? [] : ['no stream was open at the switch']),
  ];
}

import { startLoad, type Load } from '../test/support/load/load';
import { openStream, type StreamReport } from '../test/support/load/stream';
import type { LoadReport } from '../test/support/load/tally';

/** Requests a second on each kind of connection. */
export const rate = 200;
const streamSeconds = 10;
const streamEveryMs = 2000;

/** One open stream that has ended; times are epoch milliseconds. */
export interface StreamRun extends StreamReport {
  readonly openedAt: number;
  readonly endedAt: number;
}

/** A stretch of traffic: what each kind of connection saw, and the streams that ended in it. */
export interface Stretch {
  readonly fresh: LoadReport;
  readonly kept: LoadReport;
  readonly streams: readonly StreamRun[];
}

/** Visitors who do not know that a release goes on. */
export interface Traffic {
  /** What happened since the last mark; the visitors stay. */
  mark(): Promise<Stretch>;
  /** As mark, but everybody leaves once served. */
  stop(): Promise<Stretch>;
}

/** Sends requests on new and on kept connections, and opens a stream of ten seconds every two. */
export async function startTraffic(origin: string, host: string): Promise<Traffic> {
  const load = (connections: 'new' | 'keep-alive'): Promise<Load> =>
    startLoad({ url: `${origin}/api/version`, host, rate, connections });
  const [fresh, kept] = await Promise.all([load('new'), load('keep-alive')]);
  const streams = startStreams(origin, host);
  return {
    mark: async () => ({
      fresh: await fresh.mark(),
      kept: await kept.mark(),
      streams: streams.take(),
    }),
    stop: async () => {
      await streams.end();
      const [freshEnd, keptEnd] = await Promise.all([fresh.stop(), kept.stop()]);
      return { fresh: freshEnd, kept: keptEnd, streams: streams.take() };
    },
  };
}

function startStreams(
  origin: string,
  host: string,
): { take: () => StreamRun[]; end: () => Promise<void> } {
  const open = new Set<Promise<void>>();
  const ended: StreamRun[] = [];
  const start = (): void => {
    const openedAt = Date.now();
    const run = openStream({ url: origin, host, seconds: streamSeconds }).ended.then((report) => {
      ended.push({ ...report, openedAt, endedAt: Date.now() });
      open.delete(run);
    });
    open.add(run);
  };
  start();
  const timer = setInterval(start, streamEveryMs);
  return {
    take: () => ended.splice(0),
    end: async () => {
      clearInterval(timer);
      await Promise.all(open);
    },
  };
}

/** Resolves when the origin answers with 200 for the first time, or `false` when the signal comes first. */
export async function firstAnswer(
  origin: string,
  host: string,
  signal: AbortSignal,
): Promise<boolean> {
  while (!signal.aborted) {
    const stream = openStream({ url: origin, host, seconds: 0 });
    if ((await stream.ended).completed) return true;
    await new Promise((resolve) => setTimeout(resolve, 200));
  }
  return false;
}

import type { Clock } from '../../../src/platform/clock';

/** A stand-in for time: it stands still while anything is at work, and jumps to whoever waits next when nothing is. */
export interface ScriptedClock extends Clock {
  /** Lets time pass until the work has ended, and gives or throws what it does; throws when it waits for what never comes. */
  drive<T>(work: Promise<T>): Promise<T>;
}

interface Sleeper {
  readonly at: number;
  wake(): void;
}

const longestMs = 6 * 3_600_000;

/** @param startMs milliseconds since 1970 */
export function scriptedClock(startMs: number): ScriptedClock {
  let nowMs = startMs;
  const sleepers = new Set<Sleeper>();
  const next = (): Sleeper | undefined => {
    let first: Sleeper | undefined;
    for (const sleeper of sleepers)
      if (first === undefined || sleeper.at < first.at) first = sleeper;
    return first;
  };
  return {
    now: () => nowMs,
    monotonic: () => nowMs - startMs + 1000,
    sleep: (ms, signal) => {
      if (ms <= 0 || signal?.aborted === true) return Promise.resolve();
      return new Promise((resolve) => {
        const wake = (): void => {
          sleepers.delete(sleeper);
          signal?.removeEventListener('abort', wake);
          resolve();
        };
        const sleeper = { at: nowMs + ms, wake };
        sleepers.add(sleeper);
        signal?.addEventListener('abort', wake);
      });
    },
    drive: async (work) => {
      const ended = { yet: false };
      const end = (): void => void (ended.yet = true);
      work.then(end, end);
      for (let idle = 0; ;) {
        await turn();
        if (ended.yet) return work;
        const sleeper = next();
        idle = sleeper === undefined ? idle + 1 : 0;
        if (idle > 200) throw new Error('everything waits for something that never comes');
        if (sleeper === undefined) continue;
        nowMs = Math.max(nowMs, sleeper.at);
        if (nowMs - startMs > longestMs) throw new Error('hours have passed, and there is no end');
        sleeper.wake();
      }
    },
  };
}

/** Everything that can happen without time has happened after this: promises, and lines that go through a stream. */
async function turn(): Promise<void> {
  for (let count = 0; count < 2; count += 1) {
    await new Promise((resolve) => {
      setImmediate(resolve);
    });
  }
}

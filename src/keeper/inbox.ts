import { createInterface } from 'node:readline';
import type { Readable } from 'node:stream';
import { parseJson } from '../domain/json';
import { keeperCommand, type JournalRecord, type KeeperCommand } from '../domain/records/journal';
import type { Clock } from '../platform/clock';

type Facts = NonNullable<JournalRecord['facts']>;

/** What the runner, or another run, has told this keeper so far. */
export interface Inbox {
  /** Monotonic milliseconds of the last line. */
  readonly lastHeard: number;
  readonly go: Facts | null;
  readonly abort: string | null;
  readonly back: string | null;
  /** Sleeps, but wakes at once for `go`, `abort` and `back`. */
  sleep(ms: number): Promise<void>;
}

/** Reads commands from stdin, one JSON object a line; a line that is none is passed over. */
export function openInbox(
  input: Readable,
  clock: Clock,
  onRecord: (record: Extract<KeeperCommand, { kind: 'record' }>) => void,
): Inbox {
  let wake = new AbortController();
  const heard = {
    lastHeard: clock.monotonic(),
    go: null as Facts | null,
    abort: null as string | null,
    back: null as string | null,
    sleep: (ms: number) => clock.sleep(ms, wake.signal),
  };
  createInterface({ input }).on('line', (line) => {
    const command = keeperCommand.safeParse(parseJson(line));
    if (!command.success) return;
    heard.lastHeard = clock.monotonic();
    if (command.data.kind === 'record') onRecord(command.data);
    if (!take(heard, command.data)) return;
    wake.abort();
    wake = new AbortController();
  });
  return heard;
}

/** Notes a command. @returns whether somebody has to wake up for it */
function take(
  heard: { -readonly [Key in keyof Inbox]: Inbox[Key] },
  command: KeeperCommand,
): boolean {
  switch (command.kind) {
    case 'beat':
    case 'record':
      return false;
    case 'go':
      heard.go = command.facts;
      return true;
    case 'abort':
      heard.abort = command.reason;
      return true;
    case 'back':
      heard.back = command.reason;
      return true;
  }
}

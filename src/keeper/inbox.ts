import { createInterface } from 'node:readline';
import type { Readable } from 'node:stream';
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

/** Reads commands from stdin, one JSON object a line; a line that is none is answered by nothing. */
export function openInbox(
  input: Readable,
  clock: Clock,
  onRecord: (record: Extract<KeeperCommand, { kind: 'record' }>) => void,
): Inbox {
  let wake = new AbortController();
  const inbox = {
    lastHeard: clock.monotonic(),
    go: null as Facts | null,
    abort: null as string | null,
    back: null as string | null,
    sleep: (ms: number) => clock.sleep(ms, wake.signal),
  };
  const ring = (): void => {
    wake.abort();
    wake = new AbortController();
  };
  const take = (command: KeeperCommand): void => {
    inbox.lastHeard = clock.monotonic();
    switch (command.kind) {
      case 'beat':
        return;
      case 'record':
        onRecord(command);
        return;
      case 'go':
        inbox.go = command.facts;
        break;
      case 'abort':
        inbox.abort = command.reason;
        break;
      case 'back':
        inbox.back = command.reason;
        break;
    }
    ring();
  };
  createInterface({ input }).on('line', (line) => {
    const command = keeperCommand.safeParse(parseJson(line));
    if (command.success) take(command.data);
  });
  return inbox;
}

function parseJson(line: string): unknown {
  try {
    return JSON.parse(line);
  } catch {
    return null;
  }
}

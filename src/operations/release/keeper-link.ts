import type { Duplex } from 'node:stream';
import type { JournalRecord, KeeperCommand } from '../../domain/records/journal';
import { journalLine, leaseFreed } from '../../domain/release/journal-line';
import type { Clock } from '../../platform/clock';
import type { Engine } from '../../platform/docker-api/docker-api';

const beatMs = 2000;

/** The runner's line to a keeper: what is sent before the line stands is sent when it does. */
export interface KeeperLink {
  send(command: KeeperCommand): void;
  /** Opens the line and keeps saying that the runner is alive. */
  open(engine: Engine, container: string): Promise<void>;
  close(): void;
}

export function keeperLink(clock: Clock): KeeperLink {
  let waiting: string[] = [];
  let stdin: Duplex | null = null;
  const over = new AbortController();
  const write = (line: string): void => {
    if (stdin?.writable === true) stdin.write(line);
    else waiting.push(line);
  };
  const beat = async (): Promise<void> => {
    while (!over.signal.aborted) {
      if (stdin !== null) write(lineOf({ kind: 'beat' }));
      await clock.sleep(beatMs, over.signal);
    }
  };
  return {
    send: (command) => {
      write(lineOf(command));
    },
    open: async (engine, container) => {
      const stream = await engine.attachStdin(container);
      // A lost line shows where the journal is followed; here it only must not crash.
      stream.on('error', () => undefined);
      stdin = stream;
      waiting.forEach((line) => stream.write(line));
      waiting = [];
      void beat();
    },
    close: () => {
      over.abort();
      stdin?.destroy();
    },
  };
}

function lineOf(command: KeeperCommand): string {
  return `${JSON.stringify(command)}\n`;
}

/** The records a keeper writes, as it writes them; each once, also over several calls. Ends once the lease is free, or with the keeper. */
export async function* readKeeper(
  engine: Engine,
  container: string,
  after: number,
  signal: AbortSignal,
): AsyncGenerator<JournalRecord> {
  let last = after;
  for await (const { line } of engine.containerLogs(container, { follow: true, signal })) {
    if (line === leaseFreed) return;
    const record = journalLine(line);
    if (record === undefined || record.seq <= last) continue;
    last = record.seq;
    yield record;
  }
}

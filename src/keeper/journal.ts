import {
  journalRecord,
  type JournalPhase,
  type JournalRecord,
  type Outcome,
  type Step,
} from '../domain/records/journal';
import { journalLine } from '../domain/release/journal-line';
import type { Clock } from '../platform/clock';
import type { Files } from '../platform/files';

type Extras = Partial<Pick<JournalRecord, 'text' | 'tookMs' | 'outcome' | 'facts'>>;

/** The write-ahead record of one deploy; a line is on the disk before it is said aloud on stdout. */
export interface Journal {
  readonly records: readonly JournalRecord[];
  /** Whether a record of this step and one of these phases was ever written, by this process or one before it. */
  has(step: Step, ...phases: JournalPhase[]): boolean;
  write(step: Step, phase: JournalPhase, extras?: Extras): Promise<void>;
  /** Progress for whoever follows; nothing depends on it. */
  note(step: Step, text: string): void;
  /** Everything written so far is on the disk. */
  settled(): Promise<void>;
}

interface JournalParts {
  readonly path: string;
  readonly epoch: number;
  readonly files: Files;
  readonly clock: Clock;
  readonly say: (line: string) => void;
}

/** Opens a journal and reads what is there; a torn last line (the host died while it was written) is dropped. */
export async function openJournal(parts: JournalParts): Promise<Journal> {
  const text = (await parts.files.read(parts.path)) ?? '';
  const records = text.split('\n').flatMap((line) => journalLine(line) ?? []);
  // Whoever follows may never have heard the last one: its process may have died before it said it. The seq tells.
  const last = records.at(-1);
  if (last !== undefined) parts.say(JSON.stringify(last));
  const begun = new Map<Step, number>();
  const lines = appendLines(parts, text);
  const has = (step: Step, ...phases: JournalPhase[]): boolean =>
    records.some((record) => record.step === step && phases.includes(record.phase));
  const append = (step: Step, phase: JournalPhase, extras: Extras): Promise<void> => {
    if (phase === 'intent') begun.set(step, parts.clock.monotonic());
    const start = begun.get(step);
    const ended = phase === 'done' || phase === 'failed';
    const record = journalRecord.parse({
      seq: (records.at(-1)?.seq ?? 0) + 1,
      epoch: parts.epoch,
      step,
      phase,
      time: new Date(parts.clock.now()).toISOString(),
      ...(ended && start !== undefined ? { tookMs: parts.clock.monotonic() - start } : {}),
      ...extras,
    });
    records.push(record);
    // A full disk must not keep traffic where it went; only the end has to be there.
    const enduring = step !== 'end' && has('switch', 'done', 'failed');
    return lines.add(JSON.stringify(record), enduring);
  };
  return {
    records,
    has,
    write: (step, phase, extras = {}) => append(step, phase, extras),
    note: (step, text) => void append(step, 'note', { text }).catch(() => undefined),
    settled: lines.settled,
  };
}

/** Writes lines one after the other, each said once it is on the disk; what could not be written goes with the next one. */
function appendLines(
  { path, files, say }: JournalParts,
  before: string,
): { add(line: string, enduring: boolean): Promise<void>; readonly settled: () => Promise<void> } {
  let queue: Promise<void> = Promise.resolve();
  // The last line may have been cut short, by a death or by a full disk.
  let torn = before !== '' && !before.endsWith('\n');
  let unwritten: string[] = [];
  const flush = async (): Promise<void> => {
    const lines = unwritten;
    const text = `${torn ? '\n' : ''}${lines.join('\n')}\n`;
    torn = true;
    await files.append(path, text, 0o600);
    torn = false;
    unwritten = [];
    lines.forEach(say);
  };
  return {
    add: (line, enduring) => {
      queue = queue.then(async () => {
        unwritten.push(line);
        await flush().catch((thrown: unknown) => {
          if (!enduring) throw thrown;
        });
      });
      return queue;
    },
    settled: () => queue,
  };
}

/** The outcome of a journal that has ended. */
export function outcomeOf(journal: Journal): Outcome | undefined {
  return journal.records.findLast(({ step }) => step === 'end')?.outcome;
}

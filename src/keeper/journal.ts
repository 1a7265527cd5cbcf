import {
  journalRecord,
  type JournalPhase,
  type JournalRecord,
  type Outcome,
  type Step,
} from '../domain/records/journal';
import type { Clock } from '../platform/clock';
import type { Files } from '../platform/files';

type Extras = Partial<Pick<JournalRecord, 'text' | 'tookMs' | 'outcome' | 'facts'>>;

/** The write-ahead record of one deploy; a line is on the disk before it is said aloud on stdout. */
export interface Journal {
  readonly records: readonly JournalRecord[];
  /** Whether a record of this step and phase was ever written, by this process or one before it. */
  has(step: Step, phase: JournalPhase): boolean;
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
  const records = text.split('\n').flatMap(parseLine);
  // Whoever follows may never have heard the last one: its process may have died before it said it. The seq tells.
  const last = records.at(-1);
  if (last !== undefined) parts.say(JSON.stringify(last));
  if (text !== '' && !text.endsWith('\n')) await parts.files.append(parts.path, '\n', 0o600);
  const begun = new Map<Step, number>();
  let queue: Promise<void> = Promise.resolve();
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
    const line = JSON.stringify(record);
    queue = queue.then(async () => {
      await parts.files.append(parts.path, `${line}\n`, 0o600);
      parts.say(line);
    });
    return queue;
  };
  return {
    records,
    has: (step, phase) => records.some((record) => record.step === step && record.phase === phase),
    write: (step, phase, extras = {}) => append(step, phase, extras),
    note: (step, text) => void append(step, 'note', { text }).catch(() => undefined),
    settled: () => queue,
  };
}

function parseLine(line: string): JournalRecord[] {
  try {
    return [journalRecord.parse(JSON.parse(line))];
  } catch {
    return [];
  }
}

/** The outcome of a journal that has ended. */
export function outcomeOf(journal: Journal): Outcome | undefined {
  return journal.records.findLast(({ step }) => step === 'end')?.outcome;
}

import type { JournalRecord, Step } from '../domain/records/journal';

/** A step's time on the host's clock, in milliseconds since 1970; `open` = the journal stops before the step did. */
export interface Span {
  readonly step: Step;
  readonly startMs: number;
  readonly endMs: number;
  readonly end: 'done' | 'failed' | 'interrupted' | 'open';
}

const marksOnly: readonly Step[] = ['go', 'keeper', 'end'];

/** The steps of a journal as spans of time, in the order of their start; a step that was resumed has several. */
export function spans(records: readonly JournalRecord[]): Span[] {
  const found: Span[] = [];
  const open = new Map<Step, number>();
  const lastMs = Math.max(0, ...records.map((record) => Date.parse(record.time)));
  for (const record of [...records].sort((a, b) => a.seq - b.seq)) {
    if (marksOnly.includes(record.step) || record.phase === 'note') continue;
    const atMs = Date.parse(record.time);
    const startMs = open.get(record.step);
    if (record.phase === 'intent') {
      if (startMs !== undefined) found.push(span(record.step, startMs, atMs, 'interrupted'));
      open.set(record.step, atMs);
    } else {
      // A runner's record reaches the journal late when its line to the keeper was not open yet.
      const tookFrom = atMs - (record.tookMs ?? 0);
      found.push(span(record.step, Math.min(startMs ?? atMs, tookFrom), atMs, record.phase));
      open.delete(record.step);
    }
  }
  for (const [step, startMs] of open) found.push(span(step, startMs, lastMs, 'open'));
  return found.sort((a, b) => a.startMs - b.startMs);
}

// A host's clock may be set back between two records: a span never ends before it starts.
function span(step: Step, startMs: number, endMs: number, end: Span['end']): Span {
  return { step, startMs, endMs: Math.max(startMs, endMs), end };
}

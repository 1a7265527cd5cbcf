import { parseJson } from '../json';
import { journalRecord, type JournalRecord } from '../records/journal';

/** What a keeper says last, after its end record: the lease is free for whoever comes next. */
export const leaseFreed = '{"lease":"free"}';

/** The record of one line of a journal; undefined for a torn line, or one that is something else. */
export function journalLine(line: string): JournalRecord | undefined {
  return journalRecord.safeParse(parseJson(line)).data;
}

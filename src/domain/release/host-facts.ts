import type { z } from 'zod';
import { parseJson } from '../json';
import type { JournalRecord } from '../records/journal';
import { release, type Release } from '../records/release';
import { journalLine } from './journal-line';
import { hostState, lease, type HostState, type Lease } from '../records/state';

/** What the files of an app on a host say; a text that is no record is named in `unreadable`. */
export interface HostFacts {
  readonly state: HostState | null;
  readonly lease: Lease | null;
  /** Oldest first. */
  readonly ledger: readonly Release[];
  /** Records of the newest deploy. */
  readonly journal: readonly JournalRecord[];
  readonly unreadable: readonly string[];
}

/** Texts of the files, as they were read. */
export interface HostTexts {
  readonly state: string | null;
  readonly lease: string | null;
  readonly releases: readonly string[];
  readonly journal: string | null;
}

/** Reads what the host has on record. */
export function readFacts(texts: HostTexts): HostFacts {
  const unreadable: string[] = [];
  const read = <T>(name: string, text: string | null, schema: z.ZodType<T>): T | null => {
    if (text === null || text.trim() === '') return null;
    const parsed = schema.safeParse(parseJson(text));
    if (parsed.success) return parsed.data;
    unreadable.push(name);
    return null;
  };
  const ledger = texts.releases
    .map((text) => read('a release record', text, release))
    .filter((record) => record !== null)
    .toSorted((one, other) => one.seq - other.seq);
  return {
    state: read('state.json', texts.state, hostState),
    lease: read('lease', texts.lease, lease),
    ledger,
    journal: (texts.journal ?? '').split('\n').flatMap((line) => journalLine(line) ?? []),
    unreadable,
  };
}

import { z } from 'zod';
import { parseJson } from '../json';
import type { JournalRecord } from '../records/journal';
import { release, type Release } from '../records/release';
import { journalLine } from './journal-line';
import { lease, storedState, type HostState, type Lease } from '../records/state';

/** What the files of an app on a host say; a text that is no record is named in `unreadable`. */
export interface HostFacts {
  readonly state: HostState | null;
  /** The state before that one; null also when it cannot be read, because nothing is decided by it. */
  readonly previousState: HostState | null;
  readonly lease: Lease | null;
  /** Oldest first. */
  readonly ledger: readonly Release[];
  /** Records of the newest deploy. */
  readonly journal: readonly JournalRecord[];
  readonly unreadable: readonly string[];
}

/** A record as it was read: its path under the app's folder, and its text. */
export interface RecordText {
  readonly path: string;
  readonly text: string;
}

/** Texts of the files, as they were read. */
export interface HostTexts {
  readonly state: string | null;
  readonly previousState: string | null;
  readonly lease: string | null;
  readonly releases: readonly RecordText[];
  readonly journal: string | null;
}

/** Reads what the host has on record. */
export function readFacts(texts: HostTexts): HostFacts {
  const unreadable: string[] = [];
  const read = <T>(name: string, text: string | null, schema: z.ZodType<T>): T | null => {
    if (text === null || text.trim() === '') return null;
    const parsed = schema.safeParse(parseJson(text));
    if (parsed.success) return parsed.data;
    unreadable.push(`${name} cannot be read: ${whyNot(text, parsed.error)}`);
    return null;
  };
  const ledger = texts.releases
    .map(({ path, text }) => read(path, text, release))
    .filter((record) => record !== null)
    .toSorted((one, other) => one.seq - other.seq);
  return {
    state: read('state.json', texts.state, storedState),
    previousState: storedState.safeParse(parseJson(texts.previousState ?? '')).data ?? null,
    lease: read('lease', texts.lease, lease),
    ledger,
    journal: (texts.journal ?? '').split('\n').flatMap((line) => journalLine(line) ?? []),
    unreadable,
  };
}

const known = 1;

function whyNot(text: string, error: z.ZodError): string {
  const value = parseJson(text);
  if (value === undefined) return 'it is not a whole JSON document';
  const { schema } = z.looseObject({ schema: z.unknown() }).safeParse(value).data ?? {};
  if (typeof schema === 'number' && schema > known) {
    return `a newer Shiplock wrote it (schema ${schema}), so use that version or a newer one`;
  }
  const [issue] = error.issues;
  const where = issue === undefined || issue.path.length === 0 ? '' : `${issue.path.join('.')}: `;
  return `${where}${issue?.message ?? 'it does not hold what it should'}`;
}

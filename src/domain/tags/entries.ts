import { parse } from 'csv-parse/sync';
import type { Problem } from '../problem';

/** One `key=value` of an entry; a field without a key in front of its `=` has none. */
export interface EntryField {
  readonly key: string | null;
  readonly value: string;
}

/** One line of a list input, such as `type=semver,pattern={{version}}`. */
export interface Entry {
  /** Line of the input, counted from 1. */
  readonly line: number;
  /** As it is written. */
  readonly text: string;
  readonly fields: readonly EntryField[];
}

/** One line of a list input that is not taken apart: quotes around it are gone. */
export type EntryLine = Pick<Entry, 'line' | 'text'>;

export interface Read<T> {
  readonly entries: readonly T[];
  readonly problems: readonly Problem[];
}

/** Reads a list input: one entry a line, fields divided by commas, which quotes around a field keep together. */
export function readEntries(input: string, text: string): Read<Entry> {
  return readRecords(input, text, ({ line, text: written, record }) => {
    // A line that is quoted as a whole holds fields too: so people protected commas before quotes around one field did.
    const [only = ''] = record;
    const whole = record.length === 1 && written.startsWith('"');
    const fields = whole ? (parse(only, relaxed)[0] ?? []) : record;
    return { line, text: written, fields: fields.map(readField) };
  });
}

/** Reads a list input whose commas divide nothing. */
export function readLines(input: string, text: string): Read<EntryLine> {
  return readRecords(input, text, ({ line, record }) => {
    return { line, text: record.join(',').trim() };
  });
}

const relaxed = { relaxQuotes: true, relaxColumnCount: true, skipEmptyLines: true } as const;
const lists = { ...relaxed, comment: '#', comment_no_infix: true, info: true } as const;

interface Line {
  readonly line: number;
  readonly text: string;
  readonly record: readonly string[];
}

/** A line that starts with `#` is a comment; a quoted field may go over several lines. */
function readRecords<T>(input: string, text: string, make: (line: Line) => T): Read<T> {
  const source = text.replaceAll(/\r\n?/g, '\n');
  const lines = source.split('\n');
  let done = 0;
  try {
    const on_record = (wrapped: Wrapped): Wrapped => {
      done = wrapped.info.lines;
      return wrapped;
    };
    // The parser's types do not know that `info` wraps each record.
    const read = parse(source, { ...lists, on_record } as object) as unknown as readonly Wrapped[];
    return { entries: read.flatMap((wrapped) => lineOf(wrapped, lines)).map(make), problems: [] };
  } catch {
    const line = lines.findIndex((one, at) => at >= done && /^\s*[^\s#]/.test(one)) + 1;
    const says = 'a quote is opened and never closed';
    return { entries: [], problems: [{ path: `input ${input}`, line, says, fix: 'close it' }] };
  }
}

function lineOf({ record, info }: Wrapped, lines: readonly string[]): readonly Line[] {
  const line = info.lines - (record.join('').split('\n').length - 1);
  const text = lines
    .slice(line - 1, info.lines)
    .join('\n')
    .trim();
  const blank = record.join(',').trim() === '' || text.startsWith('#');
  return blank ? [] : [{ line, text, record }];
}

interface Wrapped {
  readonly record: readonly string[];
  readonly info: { readonly lines: number };
}

function readField(field: string): EntryField {
  const at = field.indexOf('=');
  if (at < 1) return { key: null, value: field.trim() };
  return { key: field.slice(0, at).trim().toLowerCase(), value: field.slice(at + 1).trim() };
}

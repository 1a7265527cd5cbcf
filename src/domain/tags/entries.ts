import { parse } from 'csv-parse/sync';

/** One `key=value` of an entry; a field without `=` has no key. */
export interface EntryField {
  readonly key: string | null;
  readonly value: string;
}

/** One line of a list input, such as `type=semver,pattern={{version}}`. */
export interface Entry {
  /** Line of the input, counted from 1. */
  readonly line: number;
  readonly text: string;
  readonly fields: readonly EntryField[];
}

const options = { relaxQuotes: true, relaxColumnCount: true, skipEmptyLines: true } as const;

/**
 * Reads a list input: one entry a line, fields divided by commas, which quotes around a field keep together; a line that starts
 * with `#` is a comment.
 */
export function readEntries(text: string): readonly Entry[] {
  const lines = text.split(/\r\n|\r|\n/);
  return lines.flatMap((raw, index) => {
    const line = raw.trim();
    if (line === '' || line.startsWith('#')) return [];
    return [{ line: index + 1, text: line, fields: splitFields(line).map(readField) }];
  });
}

/** A line that is quoted as a whole holds fields too: so people protected commas before quotes around one field did. */
function splitFields(line: string): readonly string[] {
  const fields = record(line);
  const [only = ''] = fields;
  return fields.length === 1 && line.startsWith('"') && only.includes('"') ? record(only) : fields;
}

function record(line: string): readonly string[] {
  return parse(line, options)[0] ?? [];
}

function readField(field: string): EntryField {
  const at = field.indexOf('=', 1);
  if (at < 0) return { key: null, value: field.trim() };
  return { key: field.slice(0, at).trim().toLowerCase(), value: field.slice(at + 1).trim() };
}

import { z } from 'zod';
import { durationFormat, parseDuration } from '../domain/duration';
import type { Field, FieldOptions, Presence } from './field';
import { field, quoted, reading } from './make-field';

const lineEnd = /\r\n|\r|\n/;

interface TextOptions extends FieldOptions {
  readonly pattern?: { readonly regex: RegExp; readonly format: string };
}

/** One line of text, trimmed. */
export function text<const Options extends TextOptions = object>(
  description: string,
  options: Options = {} as Options,
): Field<Presence<string, Options>> {
  const pattern = options.pattern ?? { regex: /^[^\r\n]*$/, format: 'Write it on one line.' };
  const read = (raw: string): string | undefined =>
    pattern.regex.test(raw.trim()) ? raw.trim() : undefined;
  const schema = reading(read, (raw) => `${quoted(raw)} does not fit`);
  return field({ kind: 'text', format: pattern.format, schema }, description, options);
}

/** Text that no log may show, kept exactly as it was given. */
export function secret<const Options extends FieldOptions = object>(
  description: string,
  options: Options = {} as Options,
): Field<Presence<string, Options>> {
  const format = 'Give it from a secret: ${{ secrets.NAME }}.';
  const secretsIn = (raw: string): readonly string[] => [raw];
  return field({ kind: 'secret', format, schema: z.string(), secretsIn }, description, options);
}

/** The token that GitHub makes for the job, unless another one is given; empty where there is none. */
export function token(description: string): Field<string> {
  return secret(description, { default: '${{ github.token }}' });
}

/** Text that GitHub fills in by an expression; empty where that comes to nothing. */
export function filledIn(expression: string, description: string): Field<string> {
  return text(description, { default: `\${{ ${expression} }}` });
}

/** One of several words. */
export function choice<const Word extends string, const Options extends FieldOptions = object>(
  words: readonly [Word, ...Word[]],
  description: string,
  options: Options = {} as Options,
): Field<Presence<Word, Options>> {
  const read = (raw: string): Word | undefined => words.find((word) => word === raw.trim());
  const schema = reading(read, (raw) => `${quoted(raw)} is not one of ${words.join(', ')}`);
  const format = `Write one of: ${words.join(', ')}.`;
  return field({ kind: words.join(' | '), format, schema }, description, options);
}

/** Yes or no; false when not given, unless something else says what it is then. */
export function flag<const Options extends FieldOptions = { readonly default: 'false' }>(
  description: string,
  options: Options = { default: 'false' } as unknown as Options,
): Field<Presence<boolean, Options>> {
  const stringbool = z.stringbool();
  const read = (raw: string): boolean | undefined => stringbool.safeParse(raw.trim()).data;
  const schema = reading(read, (raw) => `${quoted(raw)} is neither true nor false`);
  return field({ kind: 'flag', format: 'Write true or false.', schema }, description, options);
}

/** A time span of at most a week, read to milliseconds. */
export function duration<const Options extends FieldOptions = object>(
  description: string,
  options: Options = {} as Options,
): Field<Presence<number, Options>> {
  const schema = reading(
    parseDuration,
    (raw) => `${quoted(raw)} is not a duration of at most a week`,
  );
  return field({ kind: 'duration', format: durationFormat, schema }, description, options);
}

/** Lines, each trimmed; empty lines and lines that start with `#` are left out. */
export function lines(
  description: string,
  options: Pick<FieldOptions, 'fallback'> & { readonly format?: string } = {},
): Field<readonly string[]> {
  const format = options.format ?? 'Write one per line.';
  const schema = z.string().transform(linesOf);
  return field({ kind: 'lines', format, schema }, description, { ...options, default: '' });
}

/** Text of any number of lines, exactly as it was given; empty when not given. */
export function block(
  description: string,
  options: Pick<FieldOptions, 'fallback'> & { readonly format?: string } = {},
): Field<string> {
  const format = options.format ?? 'Write one per line.';
  const schema = z.string();
  return field({ kind: 'lines', format, schema }, description, { ...options, default: '' });
}

/** What stands between two entries of an output; a line break when not given. */
export function separator(description: string): Field<string> {
  const kind = { kind: 'text', format: 'Write any text.', schema: z.string() };
  const given = field(kind, description, { fallback: 'a line break' });
  return { ...given, schema: z.string().default('\n'), keepsBlank: true };
}

/** Lines of NAME=value, whose values are secret; the value is everything after the first `=`. */
export function assignments(description: string): Field<ReadonlyMap<string, string>> {
  const secretsIn = (raw: string): readonly string[] =>
    raw.split(lineEnd).map((line) => line.slice(line.indexOf('=') + 1));
  const format = 'Write one NAME=value per line; a name has letters, digits and _.';
  return field(
    { kind: 'NAME=value lines', format, schema: assignmentLines, secretsIn },
    description,
    {
      default: '',
    },
  );
}

function linesOf(raw: string): readonly string[] {
  const trimmed = raw.split(lineEnd).map((line) => line.trim());
  return trimmed.filter((line) => line !== '' && !line.startsWith('#'));
}

// A line that does not fit is told by its number only: it may be a part of a secret.
const assignmentLines = z.string().transform((raw, context): ReadonlyMap<string, string> => {
  const map = new Map<string, string>();
  for (const [index, line] of raw.split(lineEnd).entries()) {
    if (line.trim() === '' || line.trim().startsWith('#')) continue;
    const match = /^\s*([A-Za-z_][A-Za-z0-9_]*)=(.*)$/s.exec(line);
    const number = String(index + 1);
    if (!match) context.addIssue({ code: 'custom', message: `line ${number} is not NAME=value` });
    else if (map.has(match[1] ?? ''))
      context.addIssue({ code: 'custom', message: `line ${number} gives ${match[1] ?? ''} again` });
    else map.set(match[1] ?? '', match[2] ?? '');
  }
  return map;
});

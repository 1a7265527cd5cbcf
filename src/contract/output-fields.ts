import { z } from 'zod';
import type { OutputField } from './field';

/** One line of text; may be empty. */
export function textOutput(description: string): OutputField<string> {
  const schema = z.string().regex(/^[^\r\n]*$/, 'must be one line');
  return { kind: 'text', description, schema, print: (value) => value };
}

/** Text of any number of lines. */
export function blockOutput(description: string): OutputField<string> {
  return { kind: 'lines', description, schema: z.string(), print: (value) => value };
}

/** One of several words. */
export function choiceOutput<const Word extends string>(
  words: readonly [Word, ...Word[]],
  description: string,
): OutputField<Word> {
  const schema = z.enum(words);
  return { kind: words.join(' | '), description, schema, print: (value) => value };
}

/** A duration, given in milliseconds and printed in seconds with one decimal. */
export function secondsOutput(description: string): OutputField<number> {
  const print = (ms: number): string => (ms / 1000).toFixed(1);
  return { kind: 'seconds', description, schema: z.number().nonnegative(), print };
}

/** A value printed as JSON on one line. */
export function jsonOutput<Value>(
  schema: z.ZodType<Value>,
  description: string,
): OutputField<Value> {
  return { kind: 'JSON', description, schema, print: (value) => JSON.stringify(value) };
}

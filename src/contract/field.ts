import type { z } from 'zod';

/** One input of an action: how its text is read, and what is said about it in action.yml and the README. */
export interface Field<Value> {
  readonly kind: string;
  readonly description: string;
  readonly schema: z.ZodType<Value, string | undefined>;
  /** The text GitHub passes when the user gives none. */
  readonly default: string | undefined;
  readonly required: boolean;
  /** Where the value comes from when there is neither input nor default, in words for the README. */
  readonly fallback: string | undefined;
  /** A text of spaces alone is a value too. */
  readonly keepsBlank?: boolean;
  /** What to write instead; the fix in messages about this input. */
  readonly format: string;
  /** The parts of the given text that no log may show, also when the text cannot be read. */
  readonly secretsIn: (raw: string) => readonly string[];
}

export interface FieldOptions {
  readonly default?: string;
  readonly required?: true;
  readonly fallback?: string;
}

/** A value is certain when the input is required or has a default. */
export type Presence<Value, Options> = Options extends { default: string } | { required: true }
  ? Value
  : Value | undefined;

/** A value that an action hands back; `print` gives the text that lands in GITHUB_OUTPUT. */
export interface OutputField<Value> {
  readonly kind: string;
  readonly description: string;
  readonly schema: z.ZodType<Value>;
  /** A method, so that fields of all values fit in one record. */
  print(value: Value): string;
}

import { z } from 'zod';
import type { Field, FieldOptions, Presence } from './field';

/** How the text of an input is read. */
export interface Kind<Value> {
  readonly kind: string;
  readonly format: string;
  readonly schema: z.ZodType<Value, string>;
  readonly secretsIn?: (raw: string) => readonly string[];
}

/** A field of a kind, there or not as its options say. */
export function field<Value, const Options extends FieldOptions>(
  kind: Kind<Value>,
  description: string,
  options: Options,
): Field<Presence<Value, Options>> {
  const missing = { error: 'is required, but nothing is given' };
  const present = z.string(missing).pipe(kind.schema);
  const schema =
    options.default !== undefined
      ? present.prefault(isExpression(options.default) ? '' : options.default)
      : options.required
        ? present
        : present.optional();
  return {
    kind: kind.kind,
    description,
    // The conditional type says what the three branches above do; the compiler cannot follow it.
    schema: schema as unknown as z.ZodType<Presence<Value, Options>, string | undefined>,
    default: options.default,
    required: options.required ?? false,
    fallback: options.fallback,
    format: kind.format,
    secretsIn: kind.secretsIn ?? (() => []),
  };
}

/** GitHub fills an expression in; where it comes to nothing it must not be taken for the value itself. */
function isExpression(text: string): boolean {
  return text.startsWith('${{');
}

/** Reads text with `read`; `undefined` from it is the problem `wrong` says. */
export function reading<Value>(
  read: (text: string) => Value | undefined,
  wrong: (text: string) => string,
): z.ZodType<Value, string> {
  return z.string().transform((text, context) => {
    const value = read(text);
    if (value !== undefined) return value;
    context.addIssue({ code: 'custom', message: wrong(text) });
    return z.NEVER;
  });
}

/** What the user wrote, in a message about it. */
export const quoted = (text: string): string =>
  JSON.stringify(text.length > 80 ? `${text.slice(0, 79)}…` : text);

import { z } from 'zod';
import { RemoteFailure } from '../../errors';

/** The engine leaves out, or sends null for, what is empty; these readers give the empty value instead. */
export const text = z
  .string()
  .nullish()
  .transform((value) => value ?? '');
export const flag = z
  .boolean()
  .nullish()
  .transform((value) => value ?? false);
export const count = z
  .number()
  .nullish()
  .transform((value) => value ?? 0);
export const texts = z
  .array(z.string())
  .nullish()
  .transform((value) => value ?? []);
export const textMap = mapOf(z.string());

/** A JSON object used as a map, or null for an empty one. */
export function mapOf<T extends z.ZodType>(
  value: T,
): z.ZodType<Readonly<Record<string, z.output<T>>>> {
  return z
    .record(z.string(), value)
    .nullish()
    .transform((map): Record<string, z.output<T>> => map ?? {});
}

/** A JSON array, or null for an empty one. */
export function listOf<T extends z.ZodType>(value: T): z.ZodType<readonly z.output<T>[]> {
  return z
    .array(value)
    .nullish()
    .transform((list): z.output<T>[] => list ?? []);
}

/** What the schema makes of an answer; an answer of another shape means that this is no Docker engine. */
export function readAnswer<T extends z.ZodType>(
  schema: T,
  answer: unknown,
  what: string,
): z.output<T> {
  const read = schema.safeParse(answer);
  if (read.success) return read.data;
  throw new RemoteFailure('lost', `The Docker engine's answer to ${what} has an unknown shape`, {
    hint: z.prettifyError(read.error),
  });
}

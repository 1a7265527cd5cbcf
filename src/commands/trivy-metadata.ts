import { parseJson } from '../domain/json';
import { date, fields } from './reports/values';

/** When the vulnerabilities of a database were gathered, from its metadata.json; null = that does not say. */
export function readTrivyMetadata(text: string | null): Date | null {
  const { UpdatedAt: updatedAt } = fields(parseJson(text ?? ''));
  const read = date(updatedAt);
  // Go writes the first day of the year 1 where it knows nothing.
  return read !== null && read.getTime() > 0 ? read : null;
}

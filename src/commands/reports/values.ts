/** A JSON object of unknown shape. */
export type Fields = Readonly<Record<string, unknown>>;

const none: Fields = {};
const noTexts: readonly string[] = [];
const longest = 400;

/** The value as an object; an empty one when it is none. */
export function fields(value: unknown): Fields {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
    ? (value as Fields)
    : none;
}

/** The value as a list; an empty one when it is none. */
export function list(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [];
}

/** The value as text of a bounded length; empty when it is none. */
export function text(value: unknown, max = longest): string {
  return typeof value === 'string' ? value.slice(0, max) : '';
}

/** The texts of a list, at most 50. */
export function texts(value: unknown): readonly string[] {
  if (!Array.isArray(value) || value.length === 0) return noTexts;
  return list(value)
    .slice(0, 50)
    .map((one) => text(one))
    .filter((one) => one !== '');
}

export function number(value: unknown): number | null {
  return typeof value === 'number' && Number.isFinite(value) ? value : null;
}

/** A line counted from 1; null when there is none. */
export function line(value: unknown): number | null {
  const at = number(value);
  return at !== null && Number.isInteger(at) && at > 0 ? at : null;
}

export function date(value: unknown): Date | null {
  const read = new Date(text(value));
  return Number.isNaN(read.getTime()) ? null : read;
}

/** Score between 0 and 10. */
export function score(value: unknown): number | null {
  const read = typeof value === 'string' && value !== '' ? Number(value) : number(value);
  return read !== null && read >= 0 && read <= 10 ? read : null;
}

/** A page that can be opened; null when it is none. */
export function page(value: unknown): string | null {
  const url = text(value);
  return /^https?:\/\/[^\s"<>\\]+$/.test(url) ? url : null;
}

import { label } from '../release/labels';

/** A value of a compose document: a scalar, or a whole list of scalars. */
export type LeafValue = string | number | boolean | readonly (string | number | boolean)[];

export interface Leaf {
  /** `services`, `web`, `environment`, `TOKEN`: without what differs from slot to slot. */
  readonly path: readonly string[];
  readonly value: LeafValue;
}

/** Ours, and different in every release: they tell nothing about it. */
const ours: readonly string[] = Object.values(label);

/** Stands for the slot's own name, so that blue and green can be compared. */
const slotWord = '<slot>';

/** The values of a slot's compose document by their path, with the slot's project name left out. */
export function slotLeaves(document: unknown, project: string): ReadonlyMap<string, Leaf> {
  const found = new Map<string, Leaf>();
  const neutral = (text: string): string => text.replaceAll(project, slotWord);
  const walk = (value: unknown, path: readonly string[]): void => {
    if (isMap(value)) {
      for (const [key, one] of Object.entries(value)) {
        const slotsName = path.length === 0 && key === 'name';
        if (!slotsName && !ours.includes(key)) walk(one, [...path, keyOf(neutral(key))]);
      }
    } else if (Array.isArray(value) && !value.every(isScalar)) {
      value.forEach((one, index) => {
        walk(one, [...path, String(index)]);
      });
    } else if (value !== null && value !== undefined) {
      found.set(JSON.stringify(path), { path, value: neutralValue(value, neutral) });
    }
  };
  walk(document, []);
  return found;
}

/** `<slot>-web` is the service web. */
const keyOf = (key: string): string => key.replace(`${slotWord}-`, '');

const isMap = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

const isScalar = (value: unknown): value is string | number | boolean =>
  ['string', 'number', 'boolean'].includes(typeof value);

function neutralValue(value: unknown, neutral: (text: string) => string): LeafValue {
  if (Array.isArray(value)) {
    return value.filter(isScalar).map((one) => (typeof one === 'string' ? neutral(one) : one));
  }
  if (typeof value === 'string') return neutral(value);
  return isScalar(value) ? value : String(value);
}

import type { Problem } from '../domain/problem';
import { namePattern } from './fields';
import { nearestKey } from './nearest-key';

type Data = Readonly<Record<string, unknown>>;

const isMap = (value: unknown): value is Data =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** The environment of a file that defines none. */
const soleEnvironment = 'production';

/** The environment that is meant, or why that cannot be told. */
export function chooseEnvironment(
  data: unknown,
  wanted: string | undefined,
): { readonly name: string } | Problem {
  const defined =
    isMap(data) && isMap(data['environments']) ? Object.keys(data['environments']) : [];
  const list = defined.join(', ');
  if (wanted === undefined) {
    const [first, ...others] = defined;
    if (others.length === 0) return { name: first ?? soleEnvironment };
    const says = `it is not said which of the environments ${list} is meant`;
    return { path: 'input environment', says, fix: `set it to one of: ${list}` };
  }
  if (defined.includes(wanted)) return { name: wanted };
  if (defined.length > 0) {
    const near = nearestKey(wanted, defined);
    const fix =
      near === undefined ? `use one of: ${list}` : `did you mean "${near}"? There is: ${list}`;
    return { path: 'input environment', says: `${JSON.stringify(wanted)} is not defined`, fix };
  }
  if (namePattern.test(wanted) && wanted.length <= 20) return { name: wanted };
  const fix = 'use at most 20 lower-case letters, digits and hyphens inside';
  return { path: 'input environment', says: `${JSON.stringify(wanted)} is no name`, fix };
}

function layOver(base: unknown, top: unknown): unknown {
  return isMap(base) && isMap(top) ? { ...base, ...top } : (top ?? base);
}

function layServices(base: unknown, top: unknown): unknown {
  if (!isMap(base) || !isMap(top)) return top ?? base;
  const names = [...new Set([...Object.keys(base), ...Object.keys(top)])];
  return Object.fromEntries(names.map((name) => [name, layOver(base[name], top[name]) ?? {}]));
}

/**
 * The top of the file with one environment laid over it: maps (`proxy`, `migrate`, each service) key by key, everything
 * else, lists and `health` too, as a whole.
 */
export function mergeEnvironment(data: Data, name: string): Data {
  const { environments, ...base } = data;
  const own = isMap(environments) && isMap(environments[name]) ? environments[name] : {};
  return {
    ...base,
    ...own,
    release: layServices(base['release'], own['release'] ?? {}),
    ...(base['proxy'] || own['proxy'] ? { proxy: layOver(base['proxy'], own['proxy']) } : {}),
    ...(base['migrate'] || own['migrate']
      ? { migrate: layOver(base['migrate'], own['migrate']) }
      : {}),
  };
}

import type { z } from 'zod';
import type { Problem } from '../domain/problem';
import { isDuration, knownKeys, purposeOf } from './known-keys';
import { nearestKey } from './nearest-key';
import { notYetSupported } from './schema';
import type { Path, YamlSource } from './yaml-source';

/** A config path as people write it: `verify[0].url`. */
export const spell = (path: Path): string =>
  path
    .map((key, index) =>
      typeof key === 'number' ? `[${key}]` : `${index === 0 ? '' : '.'}${String(key)}`,
    )
    .join('');

function valueAt(data: unknown, path: Path): unknown {
  return path.reduce<unknown>(
    (value, key) =>
      typeof value === 'object' && value !== null && Object.hasOwn(value, key)
        ? (value as Record<PropertyKey, unknown>)[key]
        : undefined,
    data,
  );
}

function show(value: unknown): string {
  if (value === null) return 'empty';
  if (Array.isArray(value)) return 'a list';
  if (typeof value === 'object') return 'a map';
  const text = JSON.stringify(value);
  return text.length > 60 ? `${text.slice(0, 59)}…` : text;
}

const typeNames: Readonly<Record<string, string>> = {
  object: 'a map',
  record: 'a map',
  array: 'a list',
  string: 'a text',
  number: 'a number',
  int: 'a whole number',
};

/** Text for a number and numbers for a text are the usual slips: YAML decides by the quotes. */
function fixOfType(expected: string, value: unknown, path: Path): string {
  const purpose = purposeOf(path);
  if (typeof value === 'number' && isDuration(path)) return `write it with its unit: ${value}s`;
  if (expected === 'string' && ['number', 'boolean'].includes(typeof value)) {
    return `put it in quotes: "${String(value)}"${purpose === undefined ? '' : ` (${purpose})`}`;
  }
  if (['number', 'int'].includes(expected) && /^\d+$/.test(String(value))) {
    return `write it without quotes: ${String(value)}`;
  }
  return `write ${typeNames[expected] ?? expected}${purpose === undefined ? '' : `: ${purpose}`}`;
}

function unknownKey(path: Path, key: string): Pick<Problem, 'says' | 'fix'> {
  const full = [...path, key].map(String);
  const inEnvironment = full[0] === 'environments' && full.length > 2 ? full.slice(2) : full;
  const meanwhile =
    notYetSupported[inEnvironment.join('.')] ??
    notYetSupported[inEnvironment.map((word, at) => (at === 1 ? '*' : word)).join('.')];
  if (meanwhile !== undefined) return { says: 'is not supported yet', fix: meanwhile };
  const known = knownKeys(path);
  const near = nearestKey(key, known);
  const fix = near === undefined ? `use one of: ${known.join(', ')}` : `write "${near}" instead`;
  return { says: 'is an unknown key', fix };
}

function problemsOf(issue: z.core.$ZodIssue, { data, lineOf }: YamlSource): readonly Problem[] {
  const { path } = issue;
  const at = (full: Path, rest: Pick<Problem, 'says' | 'fix'>): Problem => ({
    path: spell(full),
    line: lineOf(full),
    ...rest,
  });
  if (issue.code === 'unrecognized_keys') {
    return issue.keys.map((key) => at([...path, key], unknownKey(path, key)));
  }
  const value = valueAt(data, path);
  const purpose = purposeOf(path);
  if (value === undefined) {
    return [at(path, { says: 'is missing', fix: `add it${purpose ? `: ${purpose}` : ''}` })];
  }
  if (issue.code === 'invalid_type') {
    const says = `is ${show(value)}, expected ${typeNames[issue.expected] ?? issue.expected}`;
    return [at(path, { says, fix: fixOfType(issue.expected, value, path) })];
  }
  const name = issue.code === 'invalid_key' ? 'the key' : show(value);
  const reason = issue.code === 'invalid_key' ? issue.issues[0]?.message : issue.message;
  const says = `${name} does not fit: ${(reason ?? issue.message).replace(/\.$/, '')}`;
  return [at(path, { says, fix: purpose ?? 'write a value of that kind' })];
}

/** Every issue of a parse as problems with their config path, their line and what to write instead. */
export function problemsOfIssues(error: z.ZodError, source: YamlSource): readonly Problem[] {
  return error.issues.flatMap((issue) => problemsOf(issue, source));
}

import { clean, compare as comparePep440, explain, major, minor, patch } from '@renovatebot/pep440';
import semver from 'semver';

/** How versions are written and ordered. */
export interface VersionScheme {
  /** What a rule's pattern may name; null = the text is no version. */
  readonly read: (text: string) => VersionValues | null;
  /** Below zero when the first is the lower one; null when the two cannot be told apart. */
  readonly compare: (one: string, other: string) => number | null;
  readonly complaint: string;
}

/** The parts of a version, by the names that a pattern uses. */
export interface VersionValues {
  readonly raw: string;
  readonly version: string;
  readonly major: unknown;
  readonly minor: unknown;
  readonly patch: unknown;
  /** Not a final release: it gets its own tag and moves no other. */
  readonly unfinished: boolean;
}

/** https://semver.org, strict; one `v` in front is allowed. */
export const semverScheme: VersionScheme = {
  read: (text) => {
    if (semver.valid(text) === null) return null;
    const parsed = semver.parse(text, { loose: true });
    if (parsed === null) return null;
    const { raw, version, prerelease, build } = parsed;
    const parts = { major: parsed.major, minor: parsed.minor, patch: parsed.patch };
    return { raw, version, ...parts, ...{ prerelease, build }, unfinished: prerelease.length > 0 };
  },
  compare: (one, other) => semver.compare(one, other),
  complaint: 'is not a valid semver. More info: https://semver.org/',
};

/** https://peps.python.org/pep-0440/. */
export const pep440Scheme: VersionScheme = {
  read: (text) => {
    const version = clean(text);
    const parsed = explain(text);
    if (version === null || parsed === null) return null;
    const { is_prerelease, is_postrelease, is_devrelease } = parsed;
    const parts = { major: major(text), minor: minor(text), patch: patch(text) };
    return {
      raw: text,
      version,
      ...parts,
      unfinished: is_prerelease || is_postrelease || is_devrelease,
    };
  },
  compare: (one, other) => comparePep440(one, other),
  complaint: 'does not conform to PEP 440. More info: https://peps.python.org/pep-0440/',
};

/** Semver, else dotted numbers of any length behind a name without digits: `v1.2`, `2026.11.3`, `app-1.2.3.4`. */
export const looseScheme: VersionScheme = {
  read: (text) => {
    const strict = semverScheme.read(text);
    if (strict !== null) return strict;
    const parts = partsOf(text);
    if (parts === null) return null;
    const [major, minor = '', patch = ''] = parts.numbers;
    const version = parts.numbers.join('.');
    return { raw: text, version, ...{ major, minor, patch }, unfinished: false };
  },
  compare: (one, other) => {
    if (semver.valid(one) !== null && semver.valid(other) !== null)
      return semver.compare(one, other);
    const [left, right] = [partsOf(one), partsOf(other)];
    if (left === null || right === null || left.name !== right.name) return null;
    return compareNumbers(left.numbers, right.numbers);
  },
  complaint: 'is no version',
};

function partsOf(text: string): { name: string; numbers: readonly number[] } | null {
  const [, name = '', numbers] = /^(\D*)(\d+(?:\.\d+)*)$/.exec(text) ?? [];
  if (numbers === undefined) return null;
  return { name: name === 'v' ? '' : name, numbers: numbers.split('.').map(Number) };
}

function compareNumbers(left: readonly number[], right: readonly number[]): number {
  const length = Math.max(left.length, right.length);
  for (let index = 0; index < length; index += 1) {
    const difference = (left[index] ?? 0) - (right[index] ?? 0);
    if (difference !== 0) return difference;
  }
  return 0;
}

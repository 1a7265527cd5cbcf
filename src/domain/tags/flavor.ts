import type { Problem } from '../problem';
import { readEntries } from './entries';

/** What holds for every tag that says nothing else. */
export interface Flavor {
  readonly latest: 'auto' | 'true' | 'false';
  readonly prefix: string;
  readonly suffix: string;
  /** Whether prefix and suffix stand around `latest` too. */
  readonly prefixLatest: boolean;
  readonly suffixLatest: boolean;
}

const plain: Flavor = {
  latest: 'auto',
  prefix: '',
  suffix: '',
  prefixLatest: false,
  suffixLatest: false,
};

/** Reads the input `flavor`; `onlatest` goes with the prefix or suffix before it on its line. */
export function readFlavor(text: string): { flavor: Flavor; problems: readonly Problem[] } {
  const read = readEntries('flavor', text);
  const problems = [...read.problems];
  let flavor = plain;
  for (const { line, text: entry, fields } of read.entries) {
    let side: 'prefix' | 'suffix' | null = null;
    for (const { key, value } of fields) {
      const part = readField(key, value, side, entry);
      if ('says' in part) problems.push({ path: 'input flavor', line, ...part });
      else flavor = { ...flavor, ...part };
      if (key === 'prefix' || key === 'suffix') side = key;
    }
  }
  return { flavor, problems };
}

type Wrong = Pick<Problem, 'says' | 'fix'>;

function readField(
  key: string | null,
  value: string,
  side: 'prefix' | 'suffix' | null,
  entry: string,
): Partial<Flavor> | Wrong {
  switch (key) {
    case 'latest':
      if (value === 'auto' || value === 'true' || value === 'false') return { latest: value };
      return { says: `Invalid latest flavor entry: ${entry}`, fix: 'write auto, true or false' };
    case 'prefix':
      return { prefix: value };
    case 'suffix':
      return { suffix: value };
    case 'onlatest': {
      if (value !== 'true' && value !== 'false')
        return {
          says: `Invalid value for onlatest attribute: ${value}`,
          fix: 'write true or false',
        };
      return side === null ? {} : { [`${side}Latest`]: value === 'true' };
    }
    case null:
      return { says: `Invalid flavor entry: ${entry}`, fix: 'write latest=, prefix= or suffix=' };
    default:
      return {
        says: `Unknown flavor entry: ${entry}`,
        fix: 'use latest, prefix, suffix or onlatest',
      };
  }
}

import { parseJson } from '../json';

/** Reads a list of names: a JSON array or text, or one a line; `#` begins a comment line. A name may hold commas, as those of a matrix do. */
export function readLines(text: string): readonly string[] {
  const json = parseJson(text);
  if (Array.isArray(json)) return json.map(String);
  if (typeof json === 'string') return [json];
  return text
    .split(/[\n\r]/)
    .map((line) => line.trim())
    .filter((line) => line !== '' && !line.startsWith('#'));
}

/** The same, with commas between names too, as in the lists of re-actors/alls-green. */
export function readNames(text: string): readonly string[] {
  const lines = readLines(text);
  if (/^\s*["[]/.test(text) && parseJson(text) !== undefined) return lines;
  return lines
    .flatMap((line) => (isPattern(line) ? [line] : line.split(',')))
    .map((name) => name.trim())
    .filter((name) => name !== '');
}

/** A name to look for: exact, with `*` for any text, or a regular expression between slashes. */
export interface NamePattern {
  readonly text: string;
  readonly fits: (name: string) => boolean;
}

/** Makes patterns of names; what is no regular expression is a problem in words. */
export function namePatterns(names: readonly string[]): {
  readonly patterns: readonly NamePattern[];
  readonly problems: readonly string[];
} {
  const patterns: NamePattern[] = [];
  const problems: string[] = [];
  for (const text of names) {
    const fits = fitsOf(text);
    if (fits === null) problems.push(`${text} is no regular expression`);
    else patterns.push({ text, fits });
  }
  return { patterns, problems };
}

const isPattern = (text: string): boolean => /^\/.+\/[a-z]*$/.test(text);

function fitsOf(text: string): NamePattern['fits'] | null {
  const [, source, flags] = /^\/(.+)\/([a-z]*)$/.exec(text) ?? [];
  if (source !== undefined) {
    try {
      const pattern = new RegExp(source, (flags ?? '').replaceAll(/[gy]/g, ''));
      return (name) => pattern.test(name);
    } catch {
      return null;
    }
  }
  if (!text.includes('*')) return (name) => name === text;
  const parts = text.split('*').map((part) => part.replaceAll(/[.+?^${}()|[\]\\]/g, '\\$&'));
  const pattern = new RegExp(`^${parts.join('.*')}$`, 's');
  return (name) => pattern.test(name);
}

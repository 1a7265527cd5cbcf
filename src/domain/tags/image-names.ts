import type { Problem } from '../problem';
import { readEntries, type Entry } from './entries';

/** Reads the input `images` to lower-case names, disabled ones left out; also the old form, one line of names and commas. */
export function readImageNames(text: string): {
  names: readonly string[];
  problems: readonly Problem[];
} {
  const entries = readEntries(text);
  const [only] = entries;
  if (entries.length === 1 && only?.fields.every(({ key }) => key === null) === true) {
    return { names: only.fields.map(({ value }) => value.toLowerCase()), problems: [] };
  }
  const problems: Problem[] = [];
  const names = entries.flatMap((entry) => {
    const read = readImage(entry);
    if (typeof read === 'string') return [read];
    if (read !== null) problems.push({ path: 'input images', line: entry.line, ...read });
    return [];
  });
  return { names, problems };
}

type Wrong = Pick<Problem, 'says' | 'fix'>;

/** null = disabled. */
function readImage({ fields, text }: Entry): string | Wrong | null {
  let name = '';
  let enabled = true;
  for (const { key, value } of fields) {
    if (key === null || key === 'name') name = value.toLowerCase();
    else if (key !== 'enable')
      return { says: `Unknown image attribute: ${text}`, fix: 'use name and enable' };
    else if (value !== 'true' && value !== 'false')
      return { says: `Invalid enable attribute value: ${text}`, fix: 'write true or false' };
    else enabled = value === 'true';
  }
  if (name === '')
    return { says: `Image name attribute empty: ${text}`, fix: 'write name=registry/repository' };
  return enabled ? name : null;
}

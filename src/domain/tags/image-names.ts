import type { Problem } from '../problem';
import { readEntries, type Entry } from './entries';

/** Reads the input `images` to lower-case names, disabled ones left out; also the old form, one line of names and commas. */
export function readImageNames(text: string): {
  names: readonly string[];
  problems: readonly Problem[];
} {
  const { entries, problems: unread } = readEntries('images', text);
  const problems = [...unread];
  const images = entries.length === 1 ? entries.flatMap(namesAlone) : entries;
  const names = images.flatMap((entry) => {
    const read = readImage(entry);
    if (typeof read === 'string') return [read];
    if (read !== null) problems.push({ path: 'input images', line: entry.line, ...read });
    return [];
  });
  return { names, problems };
}

/** The old form: an entry for each name of a line that has nothing but names. */
function namesAlone(entry: Entry): readonly Entry[] {
  const { fields } = entry;
  return fields.every(({ key }) => key === null)
    ? fields.map((field) => ({ ...entry, fields: [field] }))
    : [entry];
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
  if (name.includes('='))
    return { says: `Unknown image attribute: ${text}`, fix: 'a name has no "="' };
  if (name === '')
    return { says: `Image name attribute empty: ${text}`, fix: 'write name=registry/repository' };
  return enabled ? name : null;
}

import { z } from 'zod';
import { parseJson } from '../json';

/** Address of the next page in a `Link` header (RFC 8288), null when this one is the last. */
export function nextPage(link: string | null): string | null {
  const [, address] = /<([^>]*)>\s*;[^,]*\brel="?next"?/i.exec(link ?? '') ?? [];
  return address ?? null;
}

const tagList = z.object({ tags: z.array(z.string()).nullable().optional() });

/** The tags on a page of a registry's list; null when it is none. */
export function tagsOnPage(text: string): readonly string[] | null {
  const parsed = tagList.safeParse(parseJson(text));
  return parsed.success ? (parsed.data.tags ?? []) : null;
}

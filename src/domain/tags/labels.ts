import type { TagEvent } from './tag-event';
import { renderGlobal } from './templates';

/** Labels by key; keys as in https://github.com/opencontainers/image-spec/blob/main/annotations.md. */
export type Labels = Readonly<Record<string, string>>;

export interface ReadLabels {
  readonly labels: Labels;
  readonly warnings: readonly string[];
}

/**
 * The labels of an image, sorted by key: what the event says, and over it the lines of an input, each `key=value` with the
 * expressions of tags. Throws an Error for a line that cannot be rendered.
 */
export function readLabels(input: string, event: TagEvent, version: string): ReadLabels {
  const labels = new Map(Object.entries(ownLabels(event, version)));
  const warnings: string[] = [];
  for (const line of linesOf(input)) {
    const text = renderGlobal(line, event);
    const at = text.indexOf('=');
    if (at < 0) warnings.push(`${line} has no "=", so it is no label`);
    else labels.set(text.slice(0, at), text.slice(at + 1));
  }
  const sorted = [...labels].sort(([one], [other]) => one.localeCompare(other));
  return { labels: Object.fromEntries(sorted), warnings };
}

/** A line that is quoted as a whole loses its quotes; `#` at the start makes a comment. */
function linesOf(input: string): readonly string[] {
  const lines = input.split(/\r\n|\r|\n/).map((line) => line.trim());
  const kept = lines.filter((line) => line !== '' && !line.startsWith('#'));
  return kept.map((line) => /^"(.*)"$/.exec(line)?.[1]?.replaceAll('""', '"') ?? line);
}

function ownLabels({ repository, now, sha }: TagEvent, version: string): Labels {
  const key = (name: string): string => `org.opencontainers.image.${name}`;
  return {
    [key('title')]: repository.name,
    [key('description')]: repository.description,
    [key('url')]: repository.url,
    [key('source')]: repository.url,
    [key('version')]: version,
    [key('created')]: now.toISOString(),
    [key('revision')]: sha,
    [key('licenses')]: repository.license,
  };
}

/** `key=value` lines. */
export function labelLines(labels: Labels): readonly string[] {
  return Object.entries(labels).map(([key, value]) => `${key}=${value}`);
}

/** `level:key=value` lines, all of one level after the other. */
export function annotationLines(labels: Labels, levels: readonly string[]): readonly string[] {
  return levels.flatMap((level) => labelLines(labels).map((line) => `${level}:${line}`));
}

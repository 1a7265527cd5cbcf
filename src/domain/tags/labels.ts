import { messageOf } from '../../errors';
import type { Problem } from '../problem';
import { readLines } from './entries';
import type { TagEvent } from './tag-event';
import { renderGlobal } from './templates';

/** Labels by key; keys as in https://github.com/opencontainers/image-spec/blob/main/annotations.md. */
export type Labels = ReadonlyMap<string, string>;

/** The labels of an input, in its order. */
export interface GivenLabels {
  readonly labels: readonly (readonly [key: string, value: string])[];
  readonly problems: readonly Problem[];
  readonly warnings: readonly string[];
}

/** Reads the input `labels` or `annotations`: a `key=value` a line, with the expressions of tags. */
export function readLabels(
  input: 'labels' | 'annotations',
  text: string,
  event: TagEvent,
): GivenLabels {
  const { entries, problems: unread } = readLines(input, text);
  const problems = [...unread];
  const warnings: string[] = [];
  const labels = entries.flatMap(({ line, text: written }) => {
    try {
      const label = renderGlobal(written, event);
      const at = label.indexOf('=');
      if (at >= 0) return [[label.slice(0, at), label.slice(at + 1)] as const];
      warnings.push(`${input}, line ${line}: ${written} has no "=", so it is left out`);
    } catch (thrown) {
      const says = messageOf(thrown).replaceAll(/\s+/g, ' ');
      problems.push({ path: `input ${input}`, line, says, fix: `correct ${written}` });
    }
    return [];
  });
  return { labels, problems, warnings };
}

/** The labels of an image, sorted by key: what the event says, and over it those of an input. */
export function labelsOf(given: GivenLabels, event: TagEvent, version: string): Labels {
  const labels = new Map([...ownLabels(event, version), ...given.labels]);
  return new Map([...labels].sort(([one], [other]) => one.localeCompare(other)));
}

function ownLabels(
  { repository, now, sha }: TagEvent,
  version: string,
): readonly (readonly [string, string])[] {
  const own = {
    title: repository.name,
    description: repository.description,
    url: repository.url,
    source: repository.url,
    version,
    created: now.toISOString(),
    revision: sha,
    licenses: repository.license,
  };
  return Object.entries(own).map(([key, value]) => [`org.opencontainers.image.${key}`, value]);
}

/** `key=value` lines. */
export function labelLines(labels: Labels): readonly string[] {
  return [...labels].map(([key, value]) => `${key}=${value}`);
}

/** `level:key=value` lines, all of one level after the other. */
export function annotationLines(labels: Labels, levels: readonly string[]): readonly string[] {
  return levels.flatMap((level) => labelLines(labels).map((line) => `${level}:${line}`));
}

import { code, prose, table } from './markdown';

/** What the summary of image-tags tells. */
export interface TagsReport {
  readonly version: string;
  readonly tags: readonly string[];
  readonly explanation: readonly {
    readonly rule: string;
    readonly tag: string | null;
    readonly why: string;
  }[];
}

const shownTags = 100;

/** The tags, and a row for each rule: what it gave and why. */
export function tagsSummary({ version, tags, explanation }: TagsReport): string {
  const shown = tags.slice(0, shownTags).map((tag) => `- ${code(tag)}`);
  const rest = tags.length > shownTags ? [`- … and ${tags.length - shownTags} more`] : [];
  const rows = explanation.map(({ rule, tag, why }) => [
    code(rule),
    tag === null ? '' : code(tag),
    prose(why, 300),
  ]);
  return [
    `## Image tags: ${version === '' ? 'none' : code(version)}`,
    '',
    ...shown,
    ...rest,
    '',
    table(['Rule', 'Tag', 'Why'], rows.slice(0, 200)),
    '',
  ].join('\n');
}

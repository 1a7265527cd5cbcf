import { megabytes, type PlatformSize } from '../domain/images/image-size';
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

/** What the summary tells of a promotion. */
export interface PromotionReport {
  readonly digest: string;
  readonly tags: readonly {
    readonly name: string;
    readonly before: string | null;
    readonly outcome: string;
  }[];
  readonly sizes: readonly PlatformSize[];
}

const shownTags = 100;

/** The tags, and a row for each rule: what it gave and why. */
export function tagsSummary(
  { version, tags, explanation }: TagsReport,
  promoted: PromotionReport | null,
): string {
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
    ...(promoted === null ? [] : promotion(promoted)),
    table(['Rule', 'Tag', 'Why'], rows.slice(0, 200)),
    '',
  ].join('\n');
}

function promotion({ digest, tags, sizes }: PromotionReport): readonly string[] {
  const rows = tags.map(({ name, before, outcome }) => [
    code(name),
    outcome,
    before === null ? '' : code(before),
  ]);
  const sized = sizes.map(({ platform, uncompressed, compressed }) => [
    code(platform),
    megabytes(uncompressed),
    megabytes(compressed),
  ]);
  return [
    `Promoted: ${code(digest)}`,
    '',
    table(['Tag', 'What became of it', 'Before'], rows.slice(0, shownTags)),
    '',
    ...(sizes.length === 0 ? [] : [table(['Platform', 'Size', 'Compressed'], sized), '']),
  ];
}

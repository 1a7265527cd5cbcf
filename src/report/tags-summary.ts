import { megabytes, type PlatformSize } from '../domain/images/image-size';
import { code, folded, prose, table } from './markdown';

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
  return [
    `## Image tags: ${version === '' ? 'none' : code(version)}`,
    '',
    ...shown,
    ...rest,
    '',
    ...(promoted === null ? [] : promotion(promoted)),
    ...rulesOf(explanation),
  ].join('\n');
}

/** The rules that gave a tag, and the others folded; nothing is folded when none gave one, for then people look for the reason. */
function rulesOf(explanation: TagsReport['explanation']): readonly string[] {
  const giving = explanation.filter(({ tag }) => tag !== null);
  const silent = explanation.filter(({ tag }) => tag === null);
  const given = table(
    ['Tag', 'Rule', 'Why'],
    cut(giving).map(({ rule, tag, why }) => [code(tag ?? ''), code(rule), prose(why, 300)]),
  );
  const why = cut(silent).map(({ rule, why: reason }) => [code(rule), prose(reason, 300)]);
  const others = table(['Rule without a tag', 'Why'], why);
  if (giving.length === 0) return [others, ...left(silent), ''];
  const count = silent.length === 1 ? '1 rule gave' : `${silent.length} rules gave`;
  const fold = [folded(`${count} no tag`, [others, ...left(silent)].join('\n')), ''];
  return [given, ...left(giving), '', ...(silent.length === 0 ? [] : fold)];
}

const cut = <T>(rules: readonly T[]): readonly T[] => rules.slice(0, shownTags);
const left = (rules: readonly unknown[]): readonly string[] =>
  rules.length > shownTags ? ['', `… and ${rules.length - shownTags} more`] : [];

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

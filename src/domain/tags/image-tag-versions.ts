import type { Draft } from './choose-tags';
import { movesOn } from './highest';
import type { VersionLine } from './rule-outcome';

/**
 * The git tags that these tags of an image must come from: what the rules put around a version is taken off, and what stands
 * before it in this run's git tag is put there. Null when no version can be read, although a tag that moves is there: it is on one.
 */
export function versionsOfImage(
  { outcomes, latestName }: Draft,
  imageTags: readonly string[],
): readonly string[] | null {
  const lines = outcomes.flatMap(({ line }) => (line === null ? [] : [line]));
  const arounds = [{ prefix: '', suffix: '' }, ...lines.map(({ around }) => around)];
  const bare = arounds.flatMap((around) => imageTags.flatMap((tag) => within(tag, around)));
  const gitTags = [...new Set(lines.flatMap((line) => bare.map((text) => gitTagOf(line, text))))];
  const moving = [latestName, ...outcomes.filter(movesOn).map(({ tag }) => tag ?? '')];
  const readable = gitTags.some((gitTag) => lines.some((line) => line.tagFor(gitTag) !== null));
  return readable || !moving.some((tag) => imageTags.includes(tag)) ? gitTags : null;
}

function within(tag: string, { prefix, suffix }: VersionLine['around']): readonly string[] {
  const fits = tag.startsWith(prefix) && tag.endsWith(suffix);
  const text = fits ? tag.slice(prefix.length, tag.length - suffix.length) : '';
  return /^v?\d/.test(text) ? [text.replace(/^v/, '')] : [];
}

/** `app2-v1.2.3` and `1.3.0` → `app2-v1.3.0` */
function gitTagOf({ source }: VersionLine, version: string): string {
  const [, before = ''] = /^(.*?)\d+\.\d/.exec(source) ?? /^(\D*)/.exec(source) ?? [];
  return before + version;
}

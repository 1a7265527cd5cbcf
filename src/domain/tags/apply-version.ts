import {
  none,
  sanitize,
  type Around,
  type Result,
  type TaggedVersion,
  type Trial,
  type VersionLine,
} from './rule-outcome';
import { noneOf, tagOf, type TagEvent } from './tag-event';
import { readPattern, type MatchRule, type VersionRule } from './tag-rule';
import { isRaw, render, renderGlobal } from './templates';
import { looseScheme, type VersionScheme, type VersionValues } from './versions';

/** `type=semver` and `type=pep440`. */
export function applyVersion(rule: VersionRule, scheme: VersionScheme, trial: Trial): Result {
  const { event, around, decorate, latest } = trial;
  const text = valueOf(rule, event);
  if (text === null) return none(noneOf('tag', event));
  // A pattern that does not match leaves the text as it is, as in docker/metadata-action.
  const current = dashed(matched(rule.match, text) ?? text);
  const values = scheme.read(current);
  if (values === null) return none(`${current} ${scheme.complaint}`);
  const tagged = (read: VersionValues, version: string): TaggedVersion => {
    const { unfinished } = read;
    return { version, unfinished, tag: () => sanitize(decorate(patternText(rule, read))) };
  };
  const tagFor: VersionLine['tagFor'] = (gitTag) => {
    const other = matched(rule.match, gitTag);
    const read = other === null ? null : scheme.read(dashed(other));
    return other === null || read === null ? null : tagged(read, dashed(other));
  };
  const line = { scheme, source: text, current: tagged(values, current), around, tagFor };
  const why = values.unfinished
    ? `${values.version} is not final: it gets its own tag and moves no other`
    : `the version is ${values.version}`;
  return { tag: line.current.tag(), latest: latest(!values.unfinished), why, line };
}

/** `type=match`. */
export function applyMatch(rule: MatchRule, trial: Trial): Result {
  const { event, around, decorate, latest } = trial;
  const text = valueOf(rule, event);
  if (text === null) return none(noneOf('tag', event));
  const pattern = readPattern(rule.pattern);
  // With the flag g the groups are all that the pattern matches, one after the other, as in docker/metadata-action.
  const found = text.match(pattern);
  if (found === null) return none(`${rule.pattern} does not match ${text}`);
  const groupOf = (groups: RegExpMatchArray | null): string | undefined =>
    groups?.find((_, index) => String(index) === rule.group);
  const value = groupOf(found);
  if (value === undefined)
    return none(`Group ${rule.group} does not exist for ${rule.pattern} pattern`);
  const tagOfOther = (gitTag: string): string | null => {
    const other = groupOf(gitTag.match(pattern));
    return other === undefined ? null : decorate(other);
  };
  const why = `${rule.pattern} matches ${text}`;
  const line = lineOf(text, around, tagOfOther);
  return { tag: decorate(value), latest: latest(true), why, line };
}

/** The line of a git tag that may be a version; of texts that are none nobody knows the highest. */
export function lineOf(
  source: string,
  around: Around,
  tagOfText: (gitTag: string) => string | null,
): VersionLine | null {
  const tagFor: VersionLine['tagFor'] = (gitTag) => {
    const tag = tagOfText(gitTag);
    const read = looseScheme.read(gitTag);
    if (tag === null || read === null) return null;
    return { version: gitTag, unfinished: read.unfinished, tag: () => sanitize(tag) };
  };
  const current = tagFor(source);
  return current === null ? null : { scheme: looseScheme, source, current, around, tagFor };
}

/** Of a version that is not final only the whole may become a tag. */
function patternText({ pattern }: VersionRule, values: VersionValues): string {
  if (!values.unfinished) return render(pattern, { ...values });
  return isRaw(pattern) ? values.raw : values.version;
}

/** The given value, or the git tag; null when there is neither. */
function valueOf({ value }: { readonly value: string }, event: TagEvent): string | null {
  return value === '' ? tagOf(event) : renderGlobal(value, event);
}

/** What the first group of a pattern finds, all of the text without a pattern; null when it does not match. */
function matched(pattern: string, text: string): string | null {
  if (pattern === '') return text;
  const found = new RegExp(pattern).exec(text);
  return found === null ? null : (found[1] ?? found[0]);
}

const dashed = (text: string): string => text.replaceAll('/', '-');

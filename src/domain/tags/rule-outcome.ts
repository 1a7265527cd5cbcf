import type { Flavor } from './flavor';
import type { TagEvent } from './tag-event';
import type { TagRule } from './tag-rule';
import { renderGlobal } from './templates';
import type { VersionScheme } from './versions';

/** What a rule makes of one git tag, or of a value that stands for one. */
export interface TaggedVersion {
  /** What is compared. */
  readonly version: string;
  /** Not a final release. */
  readonly unfinished: boolean;
  /** Its tag; made when it is asked for, because of most git tags only the version matters. */
  readonly tag: () => string;
}

/** Prefix and suffix of a rule's tags. */
export interface Around {
  readonly prefix: string;
  readonly suffix: string;
}

/** How other versions of the repository would be tagged by the same rule. */
export interface VersionLine {
  readonly scheme: VersionScheme;
  /** The text that the rule read its version from. */
  readonly source: string;
  readonly current: TaggedVersion;
  /** What stands before and behind the version in its tags. */
  readonly around: Around;
  /** What the rule makes of another git tag; null when that is no version of this line. */
  readonly tagFor: (gitTag: string) => TaggedVersion | null;
}

/** What one rule came to. */
export interface RuleOutcome {
  readonly rule: TagRule;
  /** null = it gave none. */
  readonly tag: string | null;
  readonly latest: boolean;
  /** Why, in words. */
  readonly why: string;
  /** For a version: what decides whether its tag, and `latest`, may move. */
  readonly line: VersionLine | null;
}
export type Result = Omit<RuleOutcome, 'rule'>;

/** One rule at work. */
export interface Trial {
  readonly event: TagEvent;
  readonly around: Around;
  /** Puts prefix and suffix around a value. */
  readonly decorate: (value: string) => string;
  /** Whether `latest` goes with the tag: what the rule itself would say, unless the flavor decides. */
  readonly latest: (auto: boolean) => boolean;
}

/** Prepares a trial; a rule's own prefix and suffix take the place of the flavor's. */
export function trialOf(rule: TagRule, flavor: Flavor, event: TagEvent): Trial {
  const prefix = renderGlobal(rule.prefix ?? flavor.prefix, event);
  const suffix = renderGlobal(rule.suffix ?? flavor.suffix, event);
  return {
    event,
    around: { prefix: sanitize(prefix), suffix: sanitize(suffix) },
    decorate: (value) => `${prefix}${value}${suffix}`,
    latest: (auto) => (flavor.latest === 'auto' ? auto : flavor.latest === 'true'),
  };
}

/** The outcome of a rule that gives no tag. */
export function none(why: string): Result {
  return { tag: null, latest: false, why, line: null };
}

/** Runs of characters that no tag may have become one `-`. */
export function sanitize(tag: string): string {
  return tag.replaceAll(/[^a-zA-Z0-9._-]+/g, '-');
}

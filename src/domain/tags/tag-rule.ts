/** What every rule has, whatever its type. */
export interface RuleCommon {
  /** Line of the input `tags`; 0 = a default rule. */
  readonly line: number;
  readonly text: string;
  /** A template that must come to `true` or `false`. */
  readonly enable: string;
  readonly priority: number;
  /** Instead of the flavor's; null = the flavor's holds. */
  readonly prefix: string | null;
  readonly suffix: string | null;
}

interface ScheduleRule {
  readonly type: 'schedule';
  readonly pattern: string;
}
export interface VersionRule {
  readonly type: 'semver' | 'pep440';
  readonly pattern: string;
  readonly value: string;
  /** Its first group is the version; '' = the whole text is. */
  readonly match: string;
}
export interface MatchRule {
  readonly type: 'match';
  readonly pattern: string;
  readonly group: string;
  readonly value: string;
}
export interface EdgeRule {
  readonly type: 'edge';
  /** '' = the default branch. */
  readonly branch: string;
}
export interface RefRule {
  readonly type: 'ref';
  readonly event: RefEvent;
}
interface RawRule {
  readonly type: 'raw';
  readonly value: string;
}
interface ShaRule {
  readonly type: 'sha';
  readonly format: 'short' | 'long';
}
/** What a rule has by its type. */
export type OwnPart =
  ScheduleRule | VersionRule | MatchRule | EdgeRule | RefRule | RawRule | ShaRule;

/** One rule of the input `tags`, with every default filled in. */
export type TagRule = RuleCommon & OwnPart;
export type RuleType = TagRule['type'];

export const refEvents = ['branch', 'tag', 'pr'] as const;
export type RefEvent = (typeof refEvents)[number];

/** A pattern as it is written, or between slashes with flags. Throws what RegExp throws. */
export function readPattern(pattern: string): RegExp {
  const [, source, flags] = /^\/(.+)\/(.*)$/.exec(pattern) ?? [];
  return source === undefined ? new RegExp(pattern) : new RegExp(source, flags);
}

import { bucketOf, type CalendarRule } from './calendar';
import { fewestKept, type KeepRule } from './keep-rule';
import { trustedTimes } from './trusted-times';

/** A backup as far as its keeping is concerned. */
export interface KeepableBackup {
  readonly id: string;
  /** Grows by one from backup to backup of an app and environment: their order, whatever a clock said. */
  readonly sequence: number;
  /** When it was complete, in milliseconds since 1970 by the host's clock. */
  readonly endedAt: number;
  /** Proven, with data in it. What is not neither counts nor pushes out one that is. */
  readonly proven: boolean;
}

/** Why a backup stays, in words for people. */
export interface Kept {
  readonly id: string;
  readonly because: readonly string[];
}

export interface Pruning {
  readonly kept: readonly Kept[];
  /** Ids of those that may go, oldest first. */
  readonly remove: readonly string[];
  /** Why nothing goes at all, where that is so. */
  readonly withheld: string | null;
}

const dayMs = 86_400_000;

/**
 * Decides which backups of one source may go; a backup that any part of the rule wants stays. `named` are those that releases on record name: they stay as long as the release.
 * Nothing goes while the newest one is not proven: whatever made that one fail may be wrong with the next, too.
 */
export function whatToPrune(
  backups: readonly KeepableBackup[],
  rule: KeepRule,
  named: ReadonlySet<string>,
): Pruning {
  const newestFirst = backups.toSorted((one, other) => other.sequence - one.sequence);
  const newest = newestFirst[0];
  if (newest === undefined) return { kept: [], remove: [], withheld: null };
  const reasons = reasonsToKeep(newestFirst, rule, named);
  const kept = newestFirst.flatMap(({ id }) => {
    const because = reasons.get(id);
    return because === undefined ? [] : [{ id, because }];
  });
  if (!newest.proven) {
    const withheld = `the newest backup, ${newest.id}, is not proven`;
    return { kept, remove: [], withheld };
  }
  const goes = newestFirst.filter(({ id }) => !reasons.has(id));
  return { kept, remove: goes.map(({ id }) => id).toReversed(), withheld: null };
}

function reasonsToKeep(
  newestFirst: readonly KeepableBackup[],
  rule: KeepRule,
  named: ReadonlySet<string>,
): ReadonlyMap<string, readonly string[]> {
  const proven = newestFirst.filter((backup) => backup.proven);
  const times = trustedTimes(proven.toReversed()).toReversed();
  const reasons = new Map<string, string[]>();
  const keep = (id: string, because: string): void => {
    reasons.set(id, [...(reasons.get(id) ?? []), because]);
  };
  for (const { id } of newestFirst) if (named.has(id)) keep(id, 'a release names it');
  for (const { id } of proven.slice(0, rule.last)) keep(id, 'last');
  const horizon = (times[0] ?? 0) - rule.days * dayMs;
  proven.forEach(({ id }, index) => {
    if (rule.days > 0 && (times[index] ?? 0) >= horizon) keep(id, 'days');
  });
  for (const part of ['daily', 'weekly', 'monthly'] as const) {
    for (const index of newestOfEach(part, times, rule[part])) keep(proven[index]?.id ?? '', part);
  }
  for (const { id } of proven.slice(0, fewestKept)) if (!reasons.has(id)) keep(id, 'never fewer');
  for (const id of notYetOutdated(newestFirst))
    if (!reasons.has(id)) keep(id, 'not proven, recent');
  return reasons;
}

/** Indices of the newest of each of the first `count` buckets. */
function newestOfEach(
  rule: CalendarRule,
  newestFirst: readonly number[],
  count: number,
): readonly number[] {
  const first = new Map<string, number>();
  newestFirst.forEach((time, index) => {
    const bucket = bucketOf(rule, time);
    if (!first.has(bucket)) first.set(bucket, index);
  });
  return [...first.values()].slice(0, count);
}

/** What is not proven stays until there are enough proven ones after it: somebody may want to look at it. */
function notYetOutdated(newestFirst: readonly KeepableBackup[]): readonly string[] {
  let after = 0;
  return newestFirst.flatMap(({ id, proven }) => {
    if (proven) after += 1;
    return !proven && after < fewestKept ? [id] : [];
  });
}

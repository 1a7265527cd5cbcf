import type { Inventory } from './inventory';
import type { KeepRule } from './keep-rule';
import { whatToPrune, type Pruning } from './retention';

/** What becomes of the backups of one source. */
export interface SourcePruning extends Pruning {
  readonly source: string;
}

/**
 * Decides for each source that has a rule; the others are left alone. Nothing goes as long as a release's record cannot be read.
 * @param rules by source
 */
export function planPruning(
  { backups, named, unreadReleases }: Inventory,
  rules: ReadonlyMap<string, KeepRule>,
): readonly SourcePruning[] {
  return [...rules].map(([source, rule]) => {
    const own = backups.filter((backup) => backup.source === source);
    const keepable = own.map(({ id, sequence, endedAt, empty }) => {
      return { id, sequence, endedAt: Date.parse(endedAt), proven: !empty };
    });
    const pruning = whatToPrune(keepable, rule, named);
    if (unreadReleases === 0) return { source, ...pruning };
    const withheld = `${unreadReleases} record${unreadReleases === 1 ? '' : 's'} of releases cannot be read, and may name any of them`;
    return { source, ...pruning, remove: [], withheld };
  });
}

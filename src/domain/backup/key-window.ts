import type { RowCounts } from '../records/backup';
import type { RedisCounters } from './redis-seen';

/**
 * How many keys a snapshot may hold that was taken between two counts: exactly what was counted when nothing was written, else no
 * further away than so many changes reach. A save in between sets the counter of changes back; then every command counts for one.
 */
export function keyWindow(before: RedisCounters, after: RedisCounters): RowCounts {
  const reach = changesBetween(before, after);
  const names = new Set([...Object.keys(before.keys), ...Object.keys(after.keys)]);
  return Object.fromEntries(
    [...names].sort().map((name) => {
      const counts = [before.keys[name] ?? 0, after.keys[name] ?? 0];
      const min = Math.max(0, Math.min(...counts) - reach);
      const max = Math.max(...counts) + reach;
      return [name, min === max ? min : { min, max }];
    }),
  );
}

function changesBetween(before: RedisCounters, after: RedisCounters): number {
  const removed = Math.max(0, after.removed - before.removed);
  const changes =
    before.saves === after.saves
      ? after.changes - before.changes
      : Math.max(after.changes, after.commands - before.commands);
  return removed + Math.max(0, changes);
}

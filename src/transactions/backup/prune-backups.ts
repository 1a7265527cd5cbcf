import type { KeepRule } from '../../domain/backup/keep-rule';
import { planPruning, type SourcePruning } from '../../domain/backup/plan-pruning';
import type { Inventory } from '../../domain/backup/inventory';
import { removeBackups, takeInventory } from '../../operations/backup/keep-backups';
import type { Host } from '../../platform/host';

export interface PruneRequest {
  readonly host: Host;
  readonly base: string;
  /** What is kept of each source; sources that are not here are left alone. */
  readonly rules: ReadonlyMap<string, KeepRule>;
  /** Decides and tells, and removes nothing. */
  readonly dryRun: boolean;
}

export interface PruneReport {
  readonly dryRun: boolean;
  readonly inventory: Inventory;
  readonly sources: readonly SourcePruning[];
  /** Ids that went, or would go. */
  readonly removed: readonly string[];
}

/** Removes the backups that no rule wants. The lock is held, and what ran before has succeeded. */
export async function pruneBackups(request: PruneRequest): Promise<PruneReport> {
  const { host, base, rules, dryRun } = request;
  const inventory = await takeInventory(host, base);
  const sources = planPruning(inventory, rules);
  const removed = sources.flatMap(({ remove }) => remove);
  if (!dryRun && removed.length > 0) await removeBackups(host, base, removed);
  return { dryRun, inventory, sources, removed };
}

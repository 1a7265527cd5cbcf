import { formatBytes } from '../domain/backup/format-bytes';
import type { Inventory } from '../domain/backup/inventory';
import type { SourcePruning } from '../domain/backup/plan-pruning';
import { bytesOf } from '../domain/records/backup';
import { code, prose } from './markdown';

interface Pruned {
  readonly dryRun: boolean;
  readonly inventory: Inventory;
  readonly sources: readonly SourcePruning[];
}

/** What went and what stays of each source, one line each; names in backticks. */
export function pruneLines({ dryRun, inventory, sources }: Pruned): readonly string[] {
  const lines = sources.map(({ source, kept, remove, withheld }) => {
    if (withheld !== null) return `\`${source}\`: nothing is removed: ${withheld}.`;
    const gone = inventory.backups.filter(({ id }) => remove.includes(id));
    const bytes = formatBytes(gone.reduce((sum, backup) => sum + bytesOf(backup), 0));
    const names = remove.length === 0 ? 'none' : remove.map((id) => `\`${id}\``).join(', ');
    return `\`${source}\`: ${kept.length} kept, ${dryRun ? 'would remove' : 'removed'} ${remove.length} (${bytes}): ${names}.`;
  });
  return [...lines, ...strangers({ inventory, sources })];
}

/** Nobody says how long to keep backups of a database that is not configured: they take room until somebody decides. */
function strangers({ inventory, sources }: Omit<Pruned, 'dryRun'>): readonly string[] {
  const known = sources.map(({ source }) => source);
  const all = inventory.backups.map(({ source }) => source);
  return [...new Set(all)].flatMap((source) => {
    const { length } = all.filter((one) => one === source);
    return known.includes(source)
      ? []
      : [`\`${source}\`: ${length} left alone: it is not configured.`];
  });
}

/** The same for a job summary, with what is left alone. */
export function pruneSummary(pruned: Pruned): string {
  const others = pruned.inventory.unreadable.map(
    ({ name, says }) => `- ${code(name)} ${says}; it is left alone.`,
  );
  return [...pruneLines(pruned).map((line) => `- ${prose(line)}`), ...others].join('\n');
}

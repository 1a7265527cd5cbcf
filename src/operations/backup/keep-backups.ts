import { inventoryScript, parseInventory, removeBackupsScript } from '../../commands/backup/keep';
import { script } from '../../commands/shell';
import { readInventory, type Inventory } from '../../domain/backup/inventory';
import { ShiplockError } from '../../errors';
import type { Host } from '../../platform/host';

/** Looks at all backups of an app and environment. @param base their folder's folder */
export async function takeInventory(host: Host, base: string): Promise<Inventory> {
  const output = await run(host, script(inventoryScript, [base]), 'the backups were not read');
  const { folders, releases } = parseInventory(output);
  return readInventory(folders, releases);
}

/** Removes backups for good, and what an earlier removal left. The lock is held. */
export async function removeBackups(
  host: Host,
  base: string,
  ids: readonly string[],
): Promise<void> {
  await run(host, script(removeBackupsScript, [base, ...ids]), 'old backups were not removed');
}

/** Manifests tell of every table; removing much takes a slow disk minutes. */
const limits = { maxOutputBytes: 256 * 1024 * 1024, timeoutMs: 3_600_000 };

async function run(host: Host, argv: readonly string[], failed: string): Promise<string> {
  const { code, stdout, stderr } = await host.exec(argv, limits);
  if (code === 0) return stdout;
  throw new ShiplockError(`${host.name}: ${failed}: ${stderr.trim().slice(0, 300)}`, {
    hint: 'What was not removed is tried again by the next run.',
    fault: 'remote',
  });
}

import type { BackupCopy } from '../../domain/records/backup';
import { copyBackup, type CopyRequest } from '../../operations/backup/copy-backup';
import type { Vault } from '../../operations/backup/vault';

/** What became of the copies of one backup. */
export interface CopiesMade {
  readonly copies: readonly BackupCopy[];
  /** Vaults that have none, and why. */
  readonly failures: readonly { readonly vault: string; readonly thrown: unknown }[];
}

/** Copies a backup into each vault. One that fails keeps neither the others nor the backup on the host from being good. */
export async function copyOffHost(
  request: CopyRequest,
  vaults: readonly Vault[],
  tell: (text: string) => void,
): Promise<CopiesMade> {
  const copies: BackupCopy[] = [];
  const failures: { vault: string; thrown: unknown }[] = [];
  const { manifest } = request;
  for (const vault of vaults) {
    try {
      tell(`${manifest.id}: copying it to ${vault.name}, and reading it back`);
      await vault.check();
      const known = { ...manifest, copies: [...manifest.copies, ...copies] };
      copies.push(...(await copyBackup({ ...request, manifest: known }, vault)));
    } catch (thrown) {
      failures.push({ vault: vault.name, thrown });
    }
  }
  return { copies, failures };
}

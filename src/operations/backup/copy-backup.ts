import { Readable } from 'node:stream';
import {
  manifestFile,
  printManifest,
  type BackupCopy,
  type BackupManifest,
} from '../../domain/records/backup';
import type { Host } from '../../platform/host';
import { passing } from './passing';
import type { Vault } from './vault';

export interface CopyRequest {
  readonly host: Host;
  /** Folder of the backup on the host. */
  readonly folder: string;
  readonly manifest: BackupManifest;
  /** ISO 8601, for the record. */
  readonly now: () => string;
  /** Ends the copy; nothing of it stays. */
  readonly signal: AbortSignal;
}

/**
 * Copies a backup off the host: its files, and last a manifest that names the copies, without which a copy is none. The bytes
 * stream through this process. Each file is held against the manifest on its way and read back at its end; throws when any of it
 * is not as it was proven. Nothing on the host changes.
 */
export async function copyBackup(
  { host, folder, manifest, now, signal }: CopyRequest,
  vault: Vault,
): Promise<readonly BackupCopy[]> {
  const { app, environment, id } = manifest;
  const copies: BackupCopy[] = [];
  for (const { name, bytesStored: bytes, sha256Stored: sha256 } of manifest.files) {
    const path = `${folder}/${name}`;
    signal.throwIfAborted();
    const stored = await host.openStream(['cat', '--', path]);
    signal.addEventListener('abort', () => stored.destroy(signal.reason as Error), { once: true });
    const source = passing(stored, `${host.name}:${path}`, { bytes, sha256 }).stream;
    copies.push({
      ...(await vault.put({ app, environment, id, file: name }, source, bytes)),
      at: now(),
    });
  }
  const text = Buffer.from(printManifest({ ...manifest, copies: [...manifest.copies, ...copies] }));
  await vault.put({ app, environment, id, file: manifestFile }, Readable.from([text]), text.length);
  return copies;
}

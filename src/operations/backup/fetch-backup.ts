import { text } from 'node:stream/consumers';
import { startFetchScript } from '../../commands/backup/fetch';
import { stageArgv } from '../../commands/backup/stage';
import { script } from '../../commands/shell';
import { parseJson } from '../../domain/json';
import {
  backupManifest,
  manifestFile,
  type BackupFile,
  type BackupManifest,
} from '../../domain/records/backup';
import { ShiplockError } from '../../errors';
import type { Host } from '../../platform/host';
import { differs, passing } from './passing';
import { backupsFolder, discardBackup, hashFiles, partialFolder, publishBackup } from './shelf';
import { pathOf, type CopyPlace, type Vault } from './vault';

export interface FetchRequest {
  readonly host: Host;
  /** Folder of the app on the host, among whose backups it will lie as if it had been taken there. */
  readonly base: string;
  /** Whose backup it is, and which. */
  readonly from: Omit<CopyPlace, 'file'>;
  /** Ends the fetch; nothing of it stays. */
  readonly signal: AbortSignal;
}

const longestMs = 24 * 3_600_000;
const plainName = /^[A-Za-z0-9][A-Za-z0-9._-]*$/;

/**
 * Brings a copy back to a host: decrypted here, held against its manifest on the way and hashed again on the host's disk. The
 * folder gets its name last. Throws when it is there already, or anything differs; then nothing is left. Under the lock.
 */
export async function fetchBackup(
  { host, base, from, signal }: FetchRequest,
  vault: Vault,
): Promise<BackupManifest> {
  const manifest = await fetchManifest(from, vault);
  const folder = partialFolder(base, from.id);
  await start(host, folder, `${backupsFolder(base)}/${from.id}`);
  try {
    for (const file of manifest.files) {
      signal.throwIfAborted();
      const source = await vault.open({ ...from, file: file.name });
      signal.addEventListener('abort', () => source.destroy(signal.reason as Error), {
        once: true,
      });
      await send(host, folder, file, source);
    }
    await compare(host, folder, manifest.files);
    await publishBackup(host, base, manifest);
  } catch (thrown) {
    await discardBackup(host, base, from.id);
    throw thrown;
  }
  return manifest;
}

async function start(host: Host, folder: string, target: string): Promise<void> {
  const { code, stderr } = await host.exec(script(startFetchScript, [folder, target]));
  if (code === 0) return;
  const says = `${host.name}: the copy cannot be fetched: ${stderr.trim().slice(0, 300)}`;
  throw new ShiplockError(says, { fault: 'user' });
}

async function compare(host: Host, folder: string, files: readonly BackupFile[]): Promise<void> {
  const names = files.map(({ name }) => name);
  const hashes = await hashFiles(host, folder, names);
  for (const { name, bytesStored: bytes, sha256Stored: sha256 } of files) {
    const is = hashes.get(name) ?? { bytes: 0, sha256: '' };
    const wrong = differs(`${name} on ${host.name}`, is, { bytes, sha256 });
    if (wrong !== null) throw wrong;
  }
}

/** Whoever may write there may have written it: only what a manifest of ours can be is taken. */
async function fetchManifest(from: FetchRequest['from'], vault: Vault): Promise<BackupManifest> {
  const place = { ...from, file: manifestFile };
  const read = backupManifest.safeParse(parseJson(await text(await vault.open(place))));
  const names = read.data?.files.map(({ name }) => name) ?? [];
  const sound = names.every((name) => plainName.test(name)) && new Set(names).size === names.length;
  if (read.success && isOf(from, read.data) && sound) return read.data;
  throw new ShiplockError(`${vault.name} has no backup manifest at ${pathOf(place)}`, {
    hint: 'What is there is not what a backup writes. Is it the right bucket or repository?',
    fault: 'user',
  });
}

function isOf(
  { app, environment, id }: FetchRequest['from'],
  manifest: Pick<BackupManifest, 'app' | 'environment' | 'id'>,
): boolean {
  return manifest.id === id && manifest.app === app && manifest.environment === environment;
}

async function send(
  host: Host,
  folder: string,
  { name, bytesStored: bytes, sha256Stored: sha256 }: BackupFile,
  source: Parameters<typeof passing>[0],
): Promise<void> {
  const { stream } = passing(source, name, { bytes, sha256 });
  let broken: Error | undefined;
  stream.once('error', (error) => {
    broken = error;
  });
  const argv = stageArgv(folder, ['cat'], { to: name });
  const { code, stderr } = await host.exec(argv, { stdin: stream, timeoutMs: longestMs });
  // The other side sees an end in either case; why there was one is known here.
  if (broken !== undefined) throw broken;
  if (code !== 0)
    throw new ShiplockError(
      `${host.name}: ${name} was not written: ${stderr.trim().slice(0, 300)}`,
      {
        fault: 'remote',
      },
    );
}

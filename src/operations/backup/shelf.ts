import { endScript, endWords } from '../../commands/backup/end-work';
import {
  beginScript,
  discardScript,
  disownScript,
  endStagesScript,
  hashScript,
  lockedExit,
  parseHashes,
  parseShelf,
  publishScript,
  remarkScript,
  shelfScript,
  holdScript,
  type ShelfLook,
} from '../../commands/backup/folder';
import { firstWords } from '../../commands/backup/stage';
import { script } from '../../commands/shell';
import { parseJson } from '../../domain/json';
import { backupManifest, type BackupManifest } from '../../domain/records/backup';
import type { Work } from '../../domain/backup/work';
import { RemoteFailure, ShiplockError } from '../../errors';
import type { Host } from '../../platform/host';

/** Folder of all backups of an app. */
export const backupsFolder = (base: string): string => `${base}/backups`;

/** Folder of one backup while it is made. */
export const partialFolder = (base: string, id: string): string =>
  `${backupsFolder(base)}/.partial-${id}`;

/** The backups that are there, the oldest first, and the machine they lie on. */
export interface Shelf extends Omit<ShelfLook, 'manifests'> {
  readonly manifests: readonly BackupManifest[];
}

/** Reads every manifest; a folder without a readable one is no backup. */
export async function readShelf(host: Host, base: string, dockerRoot: string): Promise<Shelf> {
  const output = await run(host, shelfScript, [base, dockerRoot], 'the backups could not be read');
  const look = parseShelf(output);
  const manifests = look.manifests
    .map((text) => backupManifest.safeParse(parseJson(text)).data)
    .filter((manifest) => manifest !== undefined)
    .toSorted((one, other) => one.sequence - other.sequence);
  return { ...look, manifests };
}

/**
 * Takes the lock of an app's backups, or refuses. It is free again once `release` has resolved. When the connection is lost, or this
 * process dies, the server first ends `work` and clears away what it had begun, and then frees the lock.
 */
export async function holdLock(
  host: Host,
  base: string,
  who: string,
  work: Work | null = null,
): Promise<{ readonly release: () => Promise<void> }> {
  const stream = await host.openStream(script(holdScript, [base, who, ...endWords(work)]));
  await new Promise<void>((resolve, reject) => {
    stream.once('data', resolve);
    stream.once('error', reject);
    stream.once('close', () => {
      reject(new RemoteFailure('lost', `${host.name}: the lock of the backups was lost`));
    });
  }).catch((thrown: unknown) => {
    throw lockFailure(host, thrown);
  });
  // Lost with the connection later on: the steps that run then say so themselves.
  stream.on('error', () => undefined).resume();
  const closed = new Promise<void>((resolve) => {
    if (stream.closed) resolve();
    else stream.once('close', resolve);
  });
  return {
    release: () => {
      stream.end('over\n');
      return closed;
    },
  };
}

function lockFailure(host: Host, thrown: unknown): unknown {
  const message = thrown instanceof Error ? thrown.message : '';
  const [, holder] = new RegExp(`ended with code ${lockedExit}(?::\\s*(.*))?`, 's').exec(
    message,
  ) ?? [message];
  if (!message.includes(`code ${lockedExit}`)) return thrown;
  const by = holder === undefined || holder === '' ? '' : ` (${firstWords(holder)})`;
  return new ShiplockError(`${host.name}: another backup of this app runs${by}`, {
    hint: 'Nothing was touched. Wait until it has ended, then run again.',
    fault: 'user',
    verdict: 'refused',
  });
}

/** Clears what dead runs left and makes the folder of a new backup. @returns its id */
export async function beginBackup(host: Host, base: string, name: string): Promise<string> {
  const output = await run(host, beginScript, [base, name], 'no backup could be begun');
  return output.trim();
}

/** Bytes and SHA-256 of files of a folder, by name. */
export async function hashFiles(
  host: Host,
  folder: string,
  names: readonly string[],
): Promise<ReturnType<typeof parseHashes>> {
  const failed = 'the files of the backup could not be read';
  return parseHashes(await run(host, hashScript, [folder, ...names], failed));
}

/** Gives a backup its name, durably; from here on it is one. */
export async function publishBackup(
  host: Host,
  base: string,
  manifest: BackupManifest,
): Promise<void> {
  const failed = 'the backup could not be published';
  await run(host, publishScript, [backupsFolder(base), manifest.id], failed, print(manifest));
}

/** Writes what was learned of a published backup into its manifest. */
export async function remarkBackup(
  host: Host,
  base: string,
  manifest: BackupManifest,
): Promise<void> {
  const folder = `${backupsFolder(base)}/${manifest.id}`;
  await run(host, remarkScript, [folder], 'the manifest could not be written', print(manifest));
}

/** A backup whose bytes have changed counts no more. */
export async function disownBackup(host: Host, base: string, id: string): Promise<void> {
  const failed = 'the damaged backup could not be marked';
  await run(host, disownScript, [`${backupsFolder(base)}/${id}`], failed);
}

/** Ends what still works on a backup that failed, and removes its folder; where that is not possible the next run does it. */
export async function discardBackup(
  host: Host,
  base: string,
  id: string,
  work: Work | null = null,
): Promise<void> {
  const argv = script(discardScript, [partialFolder(base, id), ...endWords(work)]);
  await host.exec(argv).catch(() => undefined);
}

/** Ends what works for a backup, or was left by a run that died; under the lock. @param folder of the backup; its files stay */
export async function endWork(host: Host, work: Work, folder = ''): Promise<void> {
  await host.exec(script(endScript, [folder, ...endWords(work)])).catch(() => undefined);
}

/** Ends the tools that read a backup for a restore which is not to go on; their stages fail by it. */
export async function endStages(host: Host, folder: string): Promise<void> {
  await host.exec(script(endStagesScript, [folder])).catch(() => undefined);
}

const print = (manifest: BackupManifest): string => `${JSON.stringify(manifest, null, 2)}\n`;

/** Reading a large file takes its time. */
const longestMs = 6 * 3_600_000;

async function run(
  host: Host,
  text: string,
  args: readonly string[],
  failed: string,
  stdin?: string,
): Promise<string> {
  const result = await host.exec(script(text, args), {
    stdin,
    timeoutMs: longestMs,
    maxOutputBytes: 64 * 1024 * 1024,
  });
  if (result.code === 0) return result.stdout;
  throw new ShiplockError(`${host.name}: ${failed} (exit code ${result.code})`, {
    hint: firstWords(result.stderr),
    fault: 'remote',
  });
}

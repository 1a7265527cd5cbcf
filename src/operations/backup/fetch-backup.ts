import { text } from 'node:stream/consumers';
import {
  placeFetchedScript,
  startFetchScript,
  sumCommand,
  parseSum,
} from '../../commands/backup/fetch';
import { stageArgv } from '../../commands/backup/stage';
import { script } from '../../commands/shell';
import { parseJson } from '../../domain/json';
import {
  backupManifest,
  manifestFile,
  printManifest,
  type BackupFile,
  type BackupManifest,
} from '../../domain/records/backup';
import { ShiplockError } from '../../errors';
import type { Host } from '../../platform/host';
import { passing } from './passing';
import { pathOf, type CopyPlace, type Vault } from './vault';

export interface FetchRequest {
  readonly host: Host;
  /** Folder of all backups on the host, where it will lie as if it had been taken there. */
  readonly backups: string;
  /** Whose backup it is, and which. */
  readonly from: Omit<CopyPlace, 'file'>;
}

const longestMs = 24 * 3_600_000;
const plainName = /^[A-Za-z0-9][A-Za-z0-9._-]*$/;

/**
 * Brings a copy back to a host, into `<backups>/<id>`: decrypted here, held against its manifest on the way and hashed again on the
 * host's disk. The folder gets its name last. Throws when it is there already, or anything differs; then nothing is left.
 */
export async function fetchBackup(
  { host, backups, from }: FetchRequest,
  vault: Vault,
): Promise<BackupManifest> {
  const manifest = await fetchManifest(from, vault);
  const folder = `${backups}/.partial-fetch-${from.id}`;
  const run = async (what: string, argv: readonly string[]): Promise<string> => {
    const { code, stdout, stderr } = await host.exec(argv, { timeoutMs: longestMs });
    if (code === 0) return stdout;
    throw new ShiplockError(`${host.name}: ${what} failed: ${stderr.trim().slice(0, 300)}`, {
      fault: 'remote',
    });
  };
  await run(
    'making room for the copy',
    script(startFetchScript, [folder, `${backups}/${from.id}`]),
  );
  try {
    for (const file of manifest.files) {
      await send(host, folder, file, await vault.open({ ...from, file: file.name }));
      const sums = parseSum(await run('reading the copy', sumCommand(`${folder}/${file.name}`)));
      if (sums !== file.sha256Stored)
        throw new ShiplockError(`${host.name}: ${file.name} did not arrive whole`, {
          hint: 'Is the disk full, or was the connection cut? Run again.',
          fault: 'remote',
        });
    }
    const argv = stageArgv(folder, ['cat'], { to: manifestFile });
    await host.exec(argv, { stdin: printManifest(manifest) });
    await run('placing it', script(placeFetchedScript, [folder, `${backups}/${from.id}`]));
  } catch (thrown) {
    await host.exec(['rm', '-rf', '--', folder]).catch(() => undefined);
    throw thrown;
  }
  return manifest;
}

/** Whoever may write there may have written it: only what a manifest of ours can be is taken. */
async function fetchManifest(from: FetchRequest['from'], vault: Vault): Promise<BackupManifest> {
  const place = { ...from, file: manifestFile };
  const read = backupManifest.safeParse(parseJson(await text(await vault.open(place))));
  const names = read.data?.files.map(({ name }) => name) ?? [];
  const sound = names.every((name) => plainName.test(name)) && new Set(names).size === names.length;
  if (read.success && read.data.id === from.id && sound) return read.data;
  throw new ShiplockError(`${vault.name} has no backup manifest at ${pathOf(place)}`, {
    hint: 'What is there is not what a backup writes. Is it the right bucket or repository?',
    fault: 'user',
  });
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

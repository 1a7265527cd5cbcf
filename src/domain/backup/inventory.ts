import { z } from 'zod';
import { parseJson } from '../json';
import { backupManifest, type BackupManifest } from '../records/backup';

/** A folder among the backups that is none, as far as can be told. It is never touched. */
export interface Unreadable {
  readonly name: string;
  readonly says: string;
}

/** All backups of an app and environment on a host. */
export interface Inventory {
  /** Oldest first, by their numbers. */
  readonly backups: readonly BackupManifest[];
  readonly unreadable: readonly Unreadable[];
  /** Ids that releases on record name. */
  readonly named: ReadonlySet<string>;
  /** Records of releases that cannot be read: they may name any of the backups. */
  readonly unreadReleases: number;
}

const naming = z.looseObject({
  backup: z.string().nullable().optional(),
  backups: z.array(z.string()).optional(),
});

/** Judges what lies there. A manifest is one of ours only in the folder that it names. */
export function readInventory(
  folders: readonly { readonly name: string; readonly manifest: string }[],
  releases: readonly string[],
): Inventory {
  const backups: BackupManifest[] = [];
  const unreadable: Unreadable[] = [];
  for (const { name, manifest } of folders) {
    const read = backupManifest.safeParse(parseJson(manifest)).data;
    if (read !== undefined && read.id === name && isPlain(name)) backups.push(read);
    else unreadable.push({ name, says: whyNot(name, manifest, read) });
  }
  const records = releases.map((text) => naming.safeParse(parseJson(text)).data);
  const named = records.flatMap((record) => [record?.backup ?? [], record?.backups ?? []].flat());
  return {
    backups: backups.toSorted((one, other) => one.sequence - other.sequence),
    unreadable,
    named: new Set(named),
    unreadReleases: records.filter((record) => record === undefined).length,
  };
}

const isPlain = (name: string): boolean => /^[A-Za-z0-9][A-Za-z0-9._-]*$/.test(name);

function whyNot(name: string, manifest: string, read: BackupManifest | undefined): string {
  if (!isPlain(name)) return 'is no name that a backup has';
  if (manifest === '') return 'has no manifest.json';
  if (read === undefined) return 'has a manifest.json that cannot be read';
  return `has the manifest.json of ${read.id}`;
}

import { z } from 'zod';
import { engineNames } from '../backup/database';

/** What a report reads of a backup's `manifest.json`, whatever else stands in it. */
export const restoreNote = z.looseObject({
  /** When the backup was complete. */
  endedAt: z.iso.datetime().optional(),
  restore: z
    .looseObject({
      /** What is typed on the server to restore it. */
      command: z.string(),
      /** How long its proof, a restore into a scratch database, took in milliseconds. */
      tookMs: z.number().nonnegative().optional(),
    })
    .optional(),
});

/** How one program of a stage ended; both null = it is not known. */
export const stage = z.object({
  name: z.string(),
  exit: z.number().int().nullable(),
  signal: z.string().nullable(),
});
export type Stage = z.infer<typeof stage>;

/** A count of rows; a window where writers could not be kept out between counting and copying. */
export const rowCount = z.union([
  z.number().int().nonnegative(),
  z.object({ min: z.number().int().nonnegative(), max: z.number().int().nonnegative() }),
]);
export type RowCount = z.infer<typeof rowCount>;
export type RowCounts = Readonly<Record<string, RowCount>>;

/** `exact`: one snapshot for copy and counts. `per-db`: one per database. `best-effort`: writers may come in between. */
export const consistency = z.enum(['exact', 'per-db', 'best-effort']);
export type Consistency = z.infer<typeof consistency>;

/** One file of a backup. Plain is what the tool wrote, stored is what lies in the folder. */
export const backupFile = z.object({
  name: z.string(),
  bytesPlain: z.number().int().nonnegative(),
  sha256Plain: z.string(),
  bytesStored: z.number().int().nonnegative(),
  sha256Stored: z.string(),
  /** `gzip`, `zstd`; null = as the tool wrote it. */
  packing: z.string().nullable(),
  cipher: z.string().nullable(),
});
export type BackupFile = z.infer<typeof backupFile>;

/** What only the engine knows of a dump. */
export const dumpRecord = z.object({
  toolVersion: z.string(),
  serverVersion: z.string(),
  consistency,
  /** Log sequence number, binlog position, replication offset. */
  position: z.string().nullable(),
  /** What was left out, or all that was taken; empty = nothing was. */
  filters: z.array(z.string()),
  /** Objects by kind: tables, views, triggers, routines, events, … */
  objectCounts: z.record(z.string(), z.number().int().nonnegative()),
  /** Rows by table, keys by database, lines of whatever can be counted. */
  rowCounts: z.record(z.string(), rowCount),
  /** What a scratch server must be like: encoding, locale, libraries. No secrets. */
  facts: z.record(z.string(), z.string()),
});
export type DumpRecord = z.infer<typeof dumpRecord>;

/** A copy of a backup somewhere else; `checksum` is what was read back there. */
export const backupCopy = z.object({
  url: z.string(),
  checksum: z.string(),
  bytes: z.number().int().nonnegative(),
  cipher: z.string().nullable(),
  at: z.iso.datetime(),
});
export type BackupCopy = z.infer<typeof backupCopy>;

/** Image of a scratch server: as it was asked for (null = that of the database's own service), its id, how a registry names it. */
export const scratchImage = z.object({
  name: z.string().nullable(),
  id: z.string(),
  digest: z.string().nullable(),
});
export type ScratchImage = z.infer<typeof scratchImage>;

/** `structural`: all of the file was read by the engine's tool. `restore`: a scratch server had all of it, counted. */
export const backupProof = z.object({
  level: z.enum(['structural', 'restore']),
  at: z.iso.datetime(),
  durationMs: z.number().nonnegative(),
  result: z.literal('good'),
  /** What the scratch server was made of; absent = there was none, or the manifest is of before this was noted. */
  image: scratchImage.optional(),
});

/** `backups/<id>/manifest.json`: written last; without it there is no backup. */
export const backupManifest = z.object({
  schema: z.literal(1),
  id: z.string(),
  /** Grows with every backup of an app in an environment; order is by it and not by the clock. */
  sequence: z.number().int().positive(),
  /** Deploy that it was taken in; null = on its own. */
  deployId: z.string().nullable(),
  /** Release that was live. */
  release: z.string().nullable(),
  app: z.string(),
  environment: z.string(),
  /** Machine that the data lies on, as the run names it, and its machine id. */
  host: z.string(),
  machineId: z.string().nullable(),
  engine: z.enum(engineNames),
  /** What was backed up; see `sourceOf`. */
  source: z.string(),
  /** Name of the database on its server; null where it has none. */
  database: z.string().nullable(),
  /** Image id of the database's service, and how the registry names it; null on a host, or managed. Of the scratch server: `verify.image`. */
  engineImage: z.string().nullable(),
  imageDigest: z.string().nullable(),
  startedAt: z.iso.datetime(),
  endedAt: z.iso.datetime(),
  /** By a clock that only grows. */
  durationMs: z.number().nonnegative(),
  /** The database had nothing in it, and that was right. */
  empty: z.boolean(),
  ...dumpRecord.shape,
  files: z.array(backupFile),
  stages: z.array(stage),
  verify: backupProof,
  /** How long the scratch server took to have all of it again; null when it was only read. */
  restoreMs: z.number().nonnegative().nullable(),
  restore: z
    .object({ command: z.string(), tookMs: z.number().nonnegative().optional() })
    .optional(),
  copies: z.array(backupCopy),
});
export type BackupManifest = z.infer<typeof backupManifest>;

/** A manifest as it goes into an output: of a large database the rows of each table would not fit. */
export const manifestWithoutRows = backupManifest.omit({ rowCounts: true });

/** That of a manifest. */
export const withoutRows = (manifest: BackupManifest): z.infer<typeof manifestWithoutRows> =>
  manifestWithoutRows.parse(manifest);

/** The name of its file in a backup's folder. */
export const manifestFile = 'manifest.json';

/** The text of that file. */
export function printManifest(manifest: BackupManifest): string {
  return `${JSON.stringify(manifest, null, 2)}\n`;
}

/** Bytes of all files as they lie there. */
export function bytesOf({ files }: Pick<BackupManifest, 'files'>): number {
  return files.reduce((sum, { bytesStored }) => sum + bytesStored, 0);
}

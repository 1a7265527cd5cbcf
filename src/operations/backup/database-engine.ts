import type { EngineName } from '../../domain/backup/database';
import type { Problem } from '../../domain/problem';
import type { BackupManifest, DumpRecord, RowCounts, Stage } from '../../domain/records/backup';
import type { Database } from './database';

/**
 * One kind of database: everything that differs between PostgreSQL, MariaDB, SQLite, Redis, files and a command. All of it runs
 * where the database is; bytes go from the tool to a file there and never through this process.
 */
export interface DatabaseEngine {
  readonly name: EngineName;
  /** Read-only: what is there, which tools, with which rights; every problem at once. It throws only when nobody answers. */
  inspect(database: Database): Promise<Inspection>;
  /** Writes the dump into `folder` (which exists, mode 0700). A stage that failed is thrown (`runStage` does). */
  dump(database: Database, seen: Inspection, folder: string): Promise<Dump>;
  /** Reads all of every file with the engine's own tool; throws when it is not whole. SHA-256 is computed beside it, not here. */
  readBack(database: Database, backup: Taken): Promise<readonly Stage[]>;
  /** A proof needs no scratch server: it restores in the backup's own folder, and takes its room there. */
  readonly provesBeside?: true;
  /** Restores into a scratch server, or into a copy where no server is needed, and counts there; throws when that fails. */
  prove(database: Database, backup: Taken, scratch: OpenScratch): Promise<Proof>;
  /**
   * Puts a backup in the place of the database's data: beside it first, then `order.check`, then the two change places; the data of
   * before stays. Until the check has passed nothing that the app sees is changed, and what was made for it is removed again.
   */
  restore(database: Database, backup: Taken, order: RestoreOrder): Promise<Restored>;
  /** A POSIX sh script that restores it on the server without us, to lie in the backup's folder; null = only `restore` can. */
  byHand?(database: Database, backup: Taken): string | null;
}

/** What is known before anything is written. */
export interface Inspection {
  /** Paths are config keys of the entry (`user`, `database`, `service`, …), or ''. */
  readonly problems: readonly Problem[];
  /** What the person should know though the backup can be taken. */
  readonly warnings: readonly string[];
  /** As they call themselves: `17.4`, `11.8.3-MariaDB`; '' when not known. */
  readonly serverVersion: string;
  readonly toolVersion: string;
  /** Estimate of the data on the server, in bytes. */
  readonly sizeBytes: number;
  /** Nothing in it that could be restored; the database itself may be missing (`absent`). */
  readonly standing: 'filled' | 'empty' | 'absent';
  /** The publisher's image of this kind and series of server; null = the version tells none, absent = nothing is known of a server. */
  readonly officialImage?: string | null;
  /** Whatever else this engine wants to know again in `dump`: plain texts, no secrets. */
  readonly facts: Readonly<Record<string, string>>;
}

/** A dump as it was written. */
export interface Dump {
  /** The first one holds the data. `plain` where the engine packed what the tool wrote. */
  readonly files: readonly DumpedFile[];
  readonly stages: readonly Stage[];
  readonly record: DumpRecord;
}

export interface DumpedFile {
  /** Name in the folder. */
  readonly name: string;
  readonly packing?: string;
  /** What the tool wrote, when it was packed on its way into the file. */
  readonly plain?: { readonly bytes: number; readonly sha256: string };
}

/** A backup in its folder, published or still `.partial-…`. */
export interface Taken {
  readonly folder: string;
  readonly manifest: Pick<BackupManifest, 'id' | 'database' | 'files' | keyof DumpRecord>;
}

/** What a restored copy holds. */
export interface Proof {
  readonly stages: readonly Stage[];
  /** From the first byte of the restore to the last, without the scratch server's start. */
  readonly restoreMs: number;
  /** Compared with the manifest's by the frame: exactly, or inside of a window. */
  readonly rowCounts: RowCounts;
  readonly objectCounts: Readonly<Record<string, number>>;
}

/** How a restore is to go. */
export interface RestoreOrder {
  /** Goes into every name that the restore makes: small letters, digits and `_`, unlike that of any other restore. */
  readonly tag: string;
  /** Throws when these counts are not those of the backup. */
  readonly check: (counts: Pick<Proof, 'rowCounts' | 'objectCounts'>) => void;
  readonly tell: (text: string) => void;
}

/** What a restore did. */
export interface Restored extends Proof {
  /** Where the data of before is, in words for people; null = there was none. */
  readonly kept: string | null;
  /** What is typed on the server to remove it once nobody misses it; null = nothing to remove. */
  readonly remove: string | null;
}

/** How an engine's scratch server comes to be, in any image of that engine. */
export interface ScratchRecipe {
  /**
   * POSIX sh, run as root in an image of the database without network: makes new data below `/scratch` (a disk, empty) and
   * `exec`s the server in the foreground. The image's own entrypoint is not used. No secrets.
   */
  readonly boot: string;
  /** Argv in the scratch container that ends with 0 once the server takes work. */
  readonly ready: readonly string[];
  /** Default 120 000. */
  readonly readyWithinMs?: number;
}

/** A scratch server that runs. */
export interface Scratch {
  /** Argv on the host for a tool in the scratch server; stdin goes along. */
  argv(words: readonly string[]): readonly string[];
}

/** Starts a scratch server, capped, for as long as `use` runs, and removes it with its data whatever happens. */
export type OpenScratch = <T>(
  recipe: ScratchRecipe,
  use: (scratch: Scratch) => Promise<T>,
) => Promise<T>;

import type { BackupManifest } from '../domain/records/backup';

/** What a run of actions/backup did, for people. */
export interface BackupReport {
  readonly mode: 'backup' | 'verify';
  readonly app: string;
  readonly environment: string;
  readonly host: string;
  readonly rows: readonly BackupRow[];
  readonly warnings: readonly string[];
  readonly durationMs: number;
}

/** One database. */
export type BackupRow =
  | {
      readonly kind: 'proven';
      readonly manifest: BackupManifest;
      readonly folder: string;
      /** The backup before it, and how long restores of the last ones took; the oldest first. */
      readonly before: BackupManifest | null;
      readonly restores: readonly number[];
      /** Places off the host that have no copy of it, and why. */
      readonly notCopied: readonly {
        readonly vault: string;
        readonly reason: string;
        readonly hint: string | null;
      }[];
      /** Ids of older ones that went. */
      readonly removed: readonly string[];
    }
  | {
      readonly kind: 'failed';
      readonly source: string;
      readonly reason: string;
      readonly hint: string | null;
    }
  | {
      readonly kind: 'planned';
      readonly source: string;
      readonly server: string;
      readonly sizeBytes: number;
      readonly standing: 'filled' | 'empty' | 'absent';
      readonly level: 'restore' | 'read';
      /** Image that would have to be pulled for it; null = none. */
      readonly pull: string | null;
    };

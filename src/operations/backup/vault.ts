import type { Readable } from 'node:stream';
import type { BackupCopy } from '../../domain/records/backup';

/** Which file of which backup. */
export interface CopyPlace {
  readonly app: string;
  readonly environment: string;
  readonly id: string;
  readonly file: string;
}

/** Somewhere off the host where copies of backups go and come from. What it holds can be read by nobody who only has the place. */
export interface Vault {
  /** What people know it by; no secrets. */
  readonly name: string;
  /** Throws when it is not there or does not let us in; changes nothing. */
  check(): Promise<void>;
  /** Stores all of a stream and reads back what was stored: without an error it is there, whole. `bytes`: how many will come. */
  put(place: CopyPlace, source: Readable, bytes: number): Promise<Omit<BackupCopy, 'at'>>;
  /** The file as it was put. The stream fails when it is not whole. */
  open(place: CopyPlace): Promise<Readable>;
}

/** The place of a copy as a path: the same in every vault. */
export function pathOf({ app, environment, id, file }: CopyPlace): string {
  return [app, environment, id, file].join('/');
}

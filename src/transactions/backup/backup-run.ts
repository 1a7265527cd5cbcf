import type { DatabaseSettings } from '../../domain/backup/database';
import type { GivenSecrets } from '../../domain/backup/judge-copies';
import type { Vault } from '../../operations/backup/vault';
import type { Clock } from '../../platform/clock';
import type { Engine } from '../../platform/docker-api/docker-api';
import type { Host } from '../../platform/host';

/** One run over the databases of an app on one host, alone or inside of a deploy. */
export interface BackupRun {
  readonly session: { readonly host: Host; readonly engine: Engine };
  readonly app: string;
  readonly environment: string;
  /** Folder of the app on the host. */
  readonly base: string;
  readonly docker: readonly string[];
  /** Compose project and folder of the databases; null = whatever runs there. */
  readonly project: string | null;
  readonly directory: string | null;
  readonly databases: readonly DatabaseSettings[];
  /** How people know a key of a database: `backup[0].user`, `input user`. */
  readonly pathOf: (index: number, key: string) => string;
  readonly secrets: BackupSecrets;
  /** Every place off the host that copies of a database's backups go to. */
  readonly openVaults: (settings: DatabaseSettings) => Promise<readonly Vault[]>;
  /** Image with Node, for what a database's own image cannot do. */
  readonly nodeImage: string;
  /** Has the image of a scratch server pulled; null = a dry run, which only tells. */
  readonly pull: ((image: string) => Promise<unknown>) | null;
  /** Who holds the lock, in words; the run's URL. */
  readonly who: string;
  readonly deployId: string | null;
  /** Release that is live; null = none is on record. */
  readonly release: string | null;
  /** The gate of a first release asks: an empty database is no failure then. */
  readonly firstRelease: boolean;
  readonly clock: Clock;
  readonly signal: AbortSignal;
  /** One line of the live log. */
  readonly tell: (text: string) => void;
}

export interface BackupSecrets {
  /** A variable of the step; undefined when it is not set. */
  readonly variable: (name: string) => string | undefined;
  /** Of the one database that the inputs describe. */
  readonly password: string | null;
  /** Of the places that copies go to; null = this run makes none. */
  readonly copies: GivenSecrets | null;
}

/** The path of a key in the file. */
export const pathInFile = (index: number, key: string): string =>
  `backup[${index}]${key === '' ? '' : `.${key}`}`;

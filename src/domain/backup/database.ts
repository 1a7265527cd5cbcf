import type { KeepRule } from './keep-rule';

/** The kinds of databases that a backup knows; `files` and `command` count as such. */
export const engineNames = [
  'postgres',
  'mysql',
  'mariadb',
  'sqlite',
  'redis',
  'valkey',
  'files',
  'command',
] as const;
export type EngineName = (typeof engineNames)[number];

/** Those that are servers: a backup of one is restored into another one. */
export const serverNames = ['postgres', 'mysql', 'mariadb', 'redis', 'valkey'] as const;

/** Whether a backup of it is proven by a scratch server; the others are proven beside their backup. */
export const hasServer = (engine: EngineName): boolean =>
  (serverNames as readonly EngineName[]).includes(engine);

/** `restore` proves by a scratch server; `read` only reads all of the file. */
export type VerifyLevel = 'restore' | 'read';

/** One entry of `backup` in `shiplock.yml`, or what the inputs say, with every default filled in. */
export interface DatabaseSettings {
  readonly engine: EngineName;
  /** Compose service that it runs in; null = on the host itself, or managed. */
  readonly service: string | null;
  /** Its name on the server; null = the engine's usual one. */
  readonly database: string | null;
  /** SQLite: its file. `files`: paths and `volume:<name>`. */
  readonly paths: readonly string[];
  /** Variable of the step's environment that holds the URL of a managed database. */
  readonly urlEnv: string | null;
  readonly user: string | null;
  /** Variable of the step's environment that holds the password. */
  readonly passwordEnv: string | null;
  /** MySQL, MariaDB: writers wait during the dump. */
  readonly lockTables: boolean;
  /** `command`: prints the dump on its stdout. Run by /bin/sh in the service's container, or on the host. */
  readonly command: string | null;
  /** `command`: gets the dump on its stdin and ends with 0 when it is good. */
  readonly verifyCommand: string | null;
  /** null = `restore` up to `verifyLimitBytes`; above that it must be said. */
  readonly verify: VerifyLevel | null;
  readonly verifyLimitBytes: number;
  /** Image for the scratch server; null = that of the service, else the publisher's of the same series. */
  readonly scratchImage: string | null;
  readonly keep: KeepRule;
  readonly allowEmpty: boolean;
  readonly allowShrink: boolean;
  /** age recipients. */
  readonly encryptTo: readonly string[];
  readonly s3Url: string | null;
  readonly resticRepository: string | null;
}

/** What is backed up, in a text that stays the same from run to run: `postgres:db/shop`, `sqlite:/srv/shop/app.db`. */
export function sourceOf(settings: DatabaseSettings): string {
  const { engine, service, database, paths, urlEnv } = settings;
  const where = service ?? (urlEnv === null ? null : `$${urlEnv}`);
  const what = database ?? (paths.length > 0 ? paths.join(',') : null);
  return `${engine}:${[where, what].filter((part) => part !== null).join('/')}`;
}

/** The last part of a backup's id: what may stand in a folder's name, at most 40 characters. */
export function shortNameOf({ engine, service, database, paths }: DatabaseSettings): string {
  const what = database ?? paths[0]?.split('/').findLast((part) => part !== '') ?? service;
  const name = what === null || what === engine ? engine : `${engine}-${what}`;
  return name.replaceAll(/[^A-Za-z0-9._-]+/g, '-').slice(0, 40);
}

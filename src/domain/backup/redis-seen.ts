/** A module that the server loaded from a file. */
export interface RedisModule {
  readonly path: string;
  readonly args: readonly string[];
}

/** What a look at a Redis or Valkey server gave; answers are as they came, errors too. */
export interface RedisSeen {
  /** How the client calls itself: `redis-cli 8.0.2`; null = there is none. */
  readonly client: string | null;
  /** The answer to INFO, and what it says when it is no error. */
  readonly answer: string;
  readonly info: ReadonlyMap<string, string>;
  /** Settings that could be read. */
  readonly config: ReadonlyMap<string, string>;
  /** Answer to `REPLCONF capa eof`. */
  readonly replconf: string;
  /** Answer to `COMMAND INFO sync`; empty = the server has no such command. */
  readonly sync: string;
  /** Who asks; '' = not known. */
  readonly user: string;
  /** Whether SYNC is allowed; an error when the user may not ask. */
  readonly dryrun: string;
  readonly modules: readonly RedisModule[];
  /** Free room where the server writes its files; null = not known. */
  readonly freeBytes: number | null;
}

/** What can be counted at one moment, and what tells how much changed between two. */
export interface RedisCounters {
  /** Keys by database, such as `db0`. */
  readonly keys: Readonly<Record<string, number>>;
  /** Changes since the last save. */
  readonly changes: number;
  /** Same text = no save lies between two moments. */
  readonly saves: string;
  readonly commands: number;
  /** Expired and evicted keys. */
  readonly removed: number;
}

import type { HealthCheck } from '../records/release';

/** How one service is released. */
export interface ServiceSettings {
  readonly name: string;
  /** The container port that the proxy routes to; null for a worker. */
  readonly port: number | null;
  readonly health: HealthCheck;
  /** Overrides the compose file's `stop_grace_period`. */
  readonly stopGraceMs: number | null;
  /** false = the old one stops before the new one starts. */
  readonly overlap?: false | undefined;
}

/** The one-off command that moves the schema, and the one that tells where it stands. */
export interface MigrationSettings {
  readonly service: string;
  /** argv given to the image's own entrypoint, as `docker compose run` does. */
  readonly command: readonly string[];
  readonly version: readonly string[] | null;
  readonly timeoutMs: number;
}

/** What of the config decides the shape of a slot. */
export interface SlotSettings {
  readonly app: string;
  readonly environment: string;
  readonly services: readonly ServiceSettings[];
  readonly migrate: MigrationSettings | null;
}

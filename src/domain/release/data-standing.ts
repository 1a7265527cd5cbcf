import type { Release } from '../records/release';

/** How the data of an app stands to the release that serves it. */
export interface DataStanding {
  /** The release that serves. */
  readonly release: string;
  /** Version of the schema while that release was the newest; null = not known. */
  readonly schemaOfRelease: string | null;
  /** Version of the schema as it was last reported; null = not known. */
  readonly schemaNow: string | null;
  /** null = not known. */
  readonly moved: boolean | null;
  /** The first release after it whose migration moved the schema, or may have. */
  readonly movedBy: string | null;
  /**
   * The backups from just before that migration, or from before the next release where none moved the schema: the newest data
   * that suits the release. None = none is on record.
   */
  readonly backups: readonly string[];
}

/**
 * Compares the schema that a release was made for with the one that there is, by what `migrate.version` said in each deploy.
 * @param ledger every release on record, oldest first, with the one of this run
 */
export function dataStanding(ledger: readonly Release[], serving: Release): DataStanding {
  const later = ledger.filter(({ seq }) => seq > serving.seq);
  const schemaOfRelease =
    serving.schemaVersion.after ?? known(later.map(({ schemaVersion }) => schemaVersion.before));
  const schemaNow = known(ledger.toReversed().map(({ schemaVersion }) => schemaVersion.after));
  const moved =
    schemaOfRelease === null || schemaNow === null ? null : schemaOfRelease !== schemaNow;
  const mover = moved === false ? undefined : (later.find(hasMoved) ?? later.find(mayHaveMoved));
  return {
    release: serving.id,
    ...{ schemaOfRelease, schemaNow, moved },
    movedBy: mover?.id ?? null,
    backups: (mover ?? later[0])?.backups ?? [],
  };
}

function known(versions: readonly (string | null)[]): string | null {
  return versions.find((version) => version !== null) ?? null;
}

function hasMoved({ schemaVersion: { before, after } }: Release): boolean {
  return before !== null && after !== null && before !== after;
}

function mayHaveMoved({ schemaVersion: { before, after } }: Release): boolean {
  return before === null || after === null;
}

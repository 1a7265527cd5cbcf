import { sourceOf } from '../../domain/backup/database';
import type { BackupFile, BackupManifest } from '../../domain/records/backup';
import { ShiplockError } from '../../errors';
import type { Dump } from '../../operations/backup/database-engine';
import { hashFiles, partialFolder } from '../../operations/backup/shelf';
import type { BackupRun } from './backup-run';
import type { BackupLook, PlannedBackup } from './look-at-databases';

/** When a backup was begun, by both clocks, in milliseconds. */
export interface Begun {
  readonly id: string;
  readonly startedAt: number;
  readonly startedMonotonic: number;
}

/** A manifest whose proof is still to come. */
export type DraftManifest = Omit<BackupManifest, 'verify' | 'endedAt' | 'durationMs'>;

/** What is known of a dump once its files are hashed. */
export async function draftManifest(
  run: BackupRun,
  look: BackupLook,
  planned: PlannedBackup,
  begun: Begun,
  dump: Dump,
): Promise<DraftManifest> {
  const folder = partialFolder(run.base, begun.id);
  const names = dump.files.map(({ name }) => name);
  const hashes = await hashFiles(run.session.host, folder, names);
  const files = dump.files.map(({ name, packing, plain }): BackupFile => {
    const stored = hashes.get(name);
    if (stored === undefined) {
      throw new ShiplockError(`the file ${name} of the backup has vanished`, { fault: 'remote' });
    }
    return {
      name,
      bytesPlain: plain?.bytes ?? stored.bytes,
      sha256Plain: plain?.sha256 ?? stored.sha256,
      bytesStored: stored.bytes,
      sha256Stored: stored.sha256,
      packing: packing ?? null,
      cipher: null,
    };
  });
  return {
    ...(await common(run, look, planned, begun)),
    ...dump.record,
    ...{ empty: false, files, stages: [...dump.stages], restoreMs: null },
  };
}

/** The manifest of a database that has nothing yet: it proves that somebody looked. */
export async function emptyManifest(
  run: BackupRun,
  look: BackupLook,
  planned: PlannedBackup,
  begun: Begun,
): Promise<BackupManifest> {
  const { seen } = planned;
  const endedAt = new Date(run.clock.now()).toISOString();
  const durationMs = run.clock.monotonic() - begun.startedMonotonic;
  return {
    ...(await common(run, look, planned, begun)),
    ...{ toolVersion: seen.toolVersion, serverVersion: seen.serverVersion },
    ...{ consistency: 'exact', position: null, filters: [], objectCounts: {}, rowCounts: {} },
    ...{ facts: {}, empty: true, files: [], stages: [], restoreMs: null, endedAt, durationMs },
    verify: { level: 'structural', at: endedAt, durationMs: 0, result: 'good' },
  };
}

async function common(
  run: BackupRun,
  { shelf }: BackupLook,
  { database, seen }: PlannedBackup,
  begun: Begun,
) {
  const { settings, place } = database;
  const image = place.at === 'host' ? null : place.imageId;
  const digests = image === null ? [] : (await run.session.engine.inspectImage(image)).digests;
  return {
    schema: 1 as const,
    id: begun.id,
    sequence: Number.parseInt(begun.id, 10),
    deployId: run.deployId,
    release: run.release,
    app: run.app,
    environment: run.environment,
    host: run.session.host.name,
    machineId: shelf.machineId,
    engine: settings.engine,
    source: sourceOf(settings),
    database: settings.database ?? seen.facts['database'] ?? null,
    engineImage: image,
    imageDigest: digests[0] ?? null,
    startedAt: new Date(begun.startedAt).toISOString(),
    copies: [],
  };
}

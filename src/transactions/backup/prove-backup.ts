import type { VerifyLevel } from '../../domain/backup/database';
import { compareCounts } from '../../domain/backup/verdicts';
import type { BackupManifest, Stage } from '../../domain/records/backup';
import { ShiplockError } from '../../errors';
import type { Database } from '../../operations/backup/database';
import type { DatabaseEngine, OpenScratch, Proof } from '../../operations/backup/database-engine';
import { scratchOpener } from '../../operations/backup/open-scratch';
import type { ScratchPlan } from '../../operations/backup/find-scratch-image';
import type { EngineInfo } from '../../platform/docker-api/types';
import type { BackupRun } from './backup-run';
import type { Begun, DraftManifest } from './draft-manifest';

/** A backup whose files lie there, and what it is to be proven by. */
export interface Provable {
  readonly database: Database;
  readonly engine: DatabaseEngine;
  readonly level: VerifyLevel;
  readonly scratch: ScratchPlan;
  readonly folder: string;
  readonly manifest: DraftManifest;
  readonly begun: Begun;
}

/** Reads all of it, restores it where that is asked, and compares; throws when it is not what was dumped. */
export async function proveBackup(
  run: BackupRun,
  { docker }: { readonly docker: EngineInfo | null },
  { database, engine, level, scratch, folder, manifest, begun }: Provable,
): Promise<BackupManifest> {
  const { clock, tell } = run;
  const provedFrom = clock.monotonic();
  tell(`${begun.id}: reading all of it`);
  const read = await engine.readBack(database, { folder, manifest });
  const proof = level === 'restore' ? await restore() : null;
  const endedAt = new Date(clock.now()).toISOString();
  const proofLevel = proof === null ? ('structural' as const) : ('restore' as const);
  return {
    ...manifest,
    endedAt,
    durationMs: clock.monotonic() - begun.startedMonotonic,
    stages: [...manifest.stages, ...read, ...stagesOf(proof)],
    restoreMs: proof?.restoreMs ?? null,
    verify: {
      level: proofLevel,
      at: endedAt,
      durationMs: clock.monotonic() - provedFrom,
      result: 'good',
      ...(proof === null || scratch.kind !== 'here' ? {} : { image: scratch.image }),
    },
  };

  async function restore(): Promise<Proof> {
    tell(`${begun.id}: restoring it ${whereOf(scratch)}, and counting`);
    const done = await engine.prove(
      database,
      { folder, manifest },
      scratchFor(run, docker, scratch, begun.id),
    );
    judgeProof(manifest, done);
    return done;
  }
}

/** In words: a database's own image needs no name. */
const whereOf = (scratch: ScratchPlan): string =>
  scratch.kind === 'here' && scratch.image.name !== null
    ? `into a scratch server of ${scratch.image.name}`
    : 'where only this run sees it';

const stagesOf = (proof: Proof | null): readonly Stage[] => proof?.stages ?? [];

/** Throws when what was restored is not what was dumped. */
export function judgeProof(
  manifest: Pick<BackupManifest, 'rowCounts' | 'objectCounts' | 'consistency'>,
  proof: Pick<Proof, 'rowCounts' | 'objectCounts'>,
): void {
  const differences = [
    ...compareCounts(manifest.objectCounts, proof.objectCounts, 'exact'),
    ...compareCounts(manifest.rowCounts, proof.rowCounts, manifest.consistency),
  ];
  if (differences.length === 0) return;
  const shown = differences.slice(0, 5).join('; ');
  const more = differences.length > 5 ? `; and ${differences.length - 5} more` : '';
  throw new ShiplockError(`the restored copy is not what was dumped: ${shown}${more}`, {
    hint: 'This backup would not have brought all data back, so it was not kept. Is all of the data in the database, and none of it in an extension of its own?',
    fault: 'remote',
  });
}

function scratchFor(
  run: BackupRun,
  docker: EngineInfo | null,
  scratch: ScratchPlan,
  id: string,
): OpenScratch {
  if (scratch.kind !== 'here' || docker === null) {
    return () =>
      Promise.reject(
        new ShiplockError('it is not known which image a scratch server is to be made of', {
          hint: 'Name one in scratch-image, or set verify: read. Then all of the file is read, but nothing proves that it can be restored.',
          fault: 'user',
        }),
      );
  }
  const { session, clock, app, environment } = run;
  return scratchOpener({
    ...{
      engine: session.engine,
      clock,
      docker: run.docker,
      image: scratch.image,
      app,
      environment,
      id,
    },
    ...{ memoryBytes: docker.memoryBytes, cpus: docker.cpus, signal: run.signal },
  });
}

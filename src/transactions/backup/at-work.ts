import type { Work } from '../../domain/backup/work';
import type { Clock } from '../../platform/clock';
import type { BackupRun } from './backup-run';
import type { BackupLook, PlannedBackup } from './look-at-databases';

/** By what everything is found that a run over these databases has at work. */
export function workOf(
  { app, environment, docker }: Pick<BackupRun, 'app' | 'environment' | 'docker'>,
  look: Pick<BackupLook, 'docker' | 'planned'>,
): Work {
  const containers = look.planned.flatMap(({ database: { place } }) =>
    place.at === 'container' ? [place.id] : [],
  );
  return {
    mark: `${app}/${environment}`,
    containers: [...new Set(containers)],
    docker: look.docker === null ? [] : docker,
  };
}

/** The same, so that whatever is run for it can be ended. */
export function marked(planned: PlannedBackup, { mark }: Work): PlannedBackup {
  return { ...planned, database: { ...planned.database, mark } };
}

/** A cancelled run has ten seconds in all. */
const patienceMs = 5000;

/** Waits until work that was ended has taken away what it had made, such as a scratch server; not for long. */
export async function comeToEnd(clock: Clock, work: Promise<unknown>): Promise<void> {
  const over = new AbortController();
  const ended = work.then(
    () => undefined,
    () => undefined,
  );
  await Promise.race([ended, clock.sleep(patienceMs, over.signal)]);
  over.abort();
}

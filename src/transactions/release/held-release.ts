import type { Plan } from '../../domain/records/plan';
import type { BackupGate } from './gate-backups';
import type { Preflight } from './preflight';

/** Everything that is known when the lease is taken. */
export interface HeldRelease {
  readonly plan: Plan;
  readonly before: Preflight;
  readonly gate: BackupGate;
  /** The keeper's container, once it runs and hears the runner. */
  readonly keeper: Promise<string>;
}

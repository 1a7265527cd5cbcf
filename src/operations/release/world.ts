import type { Plan } from '../../domain/records/plan';
import type { Clock } from '../../platform/clock';
import type { Engine } from '../../platform/docker-api/docker-api';
import type { Files } from '../../platform/files';
import type { Probe } from '../../platform/http-probe';

/** What a step on the server may look at and act on. */
export interface World {
  readonly plan: Plan;
  readonly engine: Engine;
  readonly files: Files;
  readonly probe: Probe;
  readonly clock: Clock;
}

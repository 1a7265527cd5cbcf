import type { ServiceSettings } from '../compose/settings';
import type { PlacedRelease } from '../records/plan';
import type { Release, ReleasedService, RestartPolicy } from '../records/release';

/** A container that runs under plain `docker compose up`. */
export interface PlainReplica {
  readonly service: string;
  /** `repository@sha256:…`, or the bare id of an image that came from no registry. */
  readonly image: string;
  readonly restart: RestartPolicy;
  /** The container's own stop grace; undefined = Docker's. */
  readonly stopGraceMs: number | undefined;
}

/** What adoption has to know of a server besides the containers. */
export interface AdoptionFacts {
  /** The team's Compose project. */
  readonly project: string;
  readonly services: readonly ServiceSettings[];
  readonly ledger: readonly Release[];
  /** ISO date and time of this look. */
  readonly now: string;
}

const dockerGraceMs = 10_000;
/** A worker that stays up for so long has started. */
const settleMs = 2000;
const version = 'adopted';

/**
 * What ran before the first release, as a release of its own, so that the way back, a rollback and the reports can name it
 * (`1-adopted`); null when none of the released services runs. A record of an earlier look keeps its number.
 */
export function adoptedRelease(
  replicas: readonly PlainReplica[],
  { project, services, ledger, now }: AdoptionFacts,
): PlacedRelease | null {
  const adopted = services.flatMap((settings) => adoptedService(replicas, settings));
  if (adopted.length === 0) return null;
  const known = ledger.find(({ slot }) => slot === 'adopted');
  const seq = known?.seq ?? Math.max(0, ...ledger.map((one) => one.seq)) + 1;
  const release: Release = {
    schema: 1,
    id: `${seq}-${version}`,
    seq,
    version,
    deploy: version,
    slot: 'adopted',
    standing: 'good',
    services: adopted,
    configHash: '',
    schemaVersion: { before: null, after: null },
    backups: [],
    createdAt: known?.createdAt ?? now,
    reason: null,
  };
  return { slot: 'adopted', project, release };
}

function adoptedService(
  replicas: readonly PlainReplica[],
  { name, port, health, stopGraceMs }: ServiceSettings,
): ReleasedService[] {
  const own = replicas.filter(({ service }) => service === name);
  const [first] = own;
  if (first === undefined) return [];
  const { intervalMs, timeoutMs, successes, deadlineMs } = health;
  const pacing = { intervalMs, timeoutMs, successes, deadlineMs };
  return [
    {
      name,
      image: first.image,
      replicas: own.length,
      ...(port === null ? {} : { port }),
      // The checks of shiplock.yml are the new version's; the old one has promised nothing.
      health: {
        kind: 'default',
        settleMs: Math.min(settleMs, Math.floor(deadlineMs / 2)),
        ...pacing,
      },
      stopGraceMs: stopGraceMs ?? first.stopGraceMs ?? dockerGraceMs,
      restart: first.restart,
    },
  ];
}

import type { PlacedRelease, Plan } from '../../domain/records/plan';
import type { ReleasedService } from '../../domain/records/release';
import { composeLabel, label, ofApp } from '../../domain/release/labels';
import type { Engine } from '../../platform/docker-api/docker-api';
import type { ContainerSummary } from '../../platform/docker-api/types';

/** One container of a released service. */
export interface Replica {
  readonly id: string;
  /** For people: service and number, `backend-1`. */
  readonly name: string;
  readonly service: ReleasedService;
  readonly state: string;
}

/** The containers of a release, running or not, known by label and never by name. */
export async function findReplicas(
  engine: Engine,
  plan: Pick<Plan, 'app' | 'environment'>,
  placed: PlacedRelease,
): Promise<readonly Replica[]> {
  const adopted = placed.slot === 'adopted';
  const labels = adopted
    ? [`${composeLabel.project}=${placed.project}`, `${composeLabel.oneoff}=False`]
    : [
        ...ofApp(plan.app, plan.environment),
        `${label.release}=${placed.release.id}`,
        `${label.role}=service`,
      ];
  const containers = await engine.listContainers({ labels, all: true });
  const nameOf = (container: ContainerSummary): string | undefined =>
    container.labels[adopted ? composeLabel.service : label.service];
  return placed.release.services.flatMap((service) =>
    containers
      .filter((container) => nameOf(container) === service.name)
      .map((container) => ({
        id: container.id,
        name: displayName(container.names[0] ?? container.id.slice(0, 12), placed.project),
        service,
        state: container.state,
      })),
  );
}

/** Whether every replica of those services is there, running or not. */
export function isWhole(
  replicas: readonly Replica[],
  services: readonly ReleasedService[],
): boolean {
  return services.every(
    (service) =>
      replicas.filter((replica) => replica.service === service).length >= service.replicas,
  );
}

/** Compose names a container after project, service and number, and our service keys begin with the project again. */
export function displayName(container: string, project: string): string {
  for (const prefix of [`${project}-${project}-`, `${project}-`]) {
    if (container.startsWith(prefix)) return container.slice(prefix.length);
  }
  return container;
}

import { digestAmong, parseReference, pinned } from '../../domain/images/reference';
import type { RestartPolicy } from '../../domain/records/release';
import { restartPolicy } from '../../domain/records/release';
import type { PlainReplica } from '../../domain/release/adopted-release';
import { composeLabel } from '../../domain/release/labels';
import type { Engine } from '../../platform/docker-api/docker-api';
import type { ContainerDetails } from '../../platform/docker-api/types';

/** What containers of a team's own stack run, by digest, and how they are restarted and stopped. */
export async function lookAtReplicas(
  engine: Engine,
  containers: readonly ContainerDetails[],
): Promise<readonly PlainReplica[]> {
  const ids = [...new Set(containers.map(({ imageId }) => imageId))];
  const looks = await Promise.all(ids.map((id) => digestsOf(engine, id)));
  const digests = new Map(ids.map((id, index) => [id, looks[index] ?? []]));
  return containers.map((container) => ({
    service: container.labels[composeLabel.service] ?? '',
    image: imageOf(container, digests.get(container.imageId) ?? []),
    restart: policyOf(container),
    stopGraceMs:
      container.stopTimeoutSeconds === undefined ? undefined : container.stopTimeoutSeconds * 1000,
  }));
}

/** An image whose record is gone still runs; its id is all that is known of it. */
async function digestsOf(engine: Engine, id: string): Promise<readonly string[]> {
  return engine.inspectImage(id).then(
    ({ digests }) => digests,
    () => [],
  );
}

/** An image that was built on the server has no digest of a registry. */
function imageOf({ image, imageId }: ContainerDetails, digests: readonly string[]): string {
  const reference = parseReference(image);
  const digest = reference === undefined ? undefined : digestAmong(reference, digests);
  return reference === undefined || digest === undefined ? imageId : pinned(reference, digest);
}

function policyOf({ restartPolicy: { name, maximumRetryCount } }: ContainerDetails): RestartPolicy {
  const Name = restartPolicy.shape.Name.catch('no').parse(name);
  return Name === 'on-failure' ? { Name, MaximumRetryCount: maximumRetryCount } : { Name };
}

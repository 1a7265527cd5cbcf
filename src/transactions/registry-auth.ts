import { parseReference } from '../domain/images/reference';
import type { AuthFor } from '../operations/pull-images';
import type { RunFacts } from './deploy-tools';

/** Docker Hub is known to engines by this address. */
const hubAddress = 'https://index.docker.io/v1/';

/** The given credentials for images of the first released image's registry, and none for any other: they must not travel. */
export function registryAuth(facts: RunFacts, released: readonly string[]): AuthFor {
  const { credentials } = facts;
  const registry = registryOf(released[0] ?? '');
  return (image) => {
    if (credentials === undefined || registry === undefined || registryOf(image) !== registry)
      return undefined;
    return { ...credentials, serveraddress: registry === 'docker.io' ? hubAddress : registry };
  };
}

function registryOf(image: string): string | undefined {
  return parseReference(image)?.registry;
}

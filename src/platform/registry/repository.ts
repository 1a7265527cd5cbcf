import { blobCalls, type Blobs } from './blobs';
import type { RegistryConnection } from './connection';
import { manifestCalls, type Manifests } from './manifests';
import { uploadCalls, type Uploads } from './uploads';

/** One repository of a registry; nothing is believed whose digest is another. Calls throw a RegistryFailure. */
export interface Repository extends Manifests, Blobs, Uploads {
  readonly registry: string;
  /** Path in the registry, such as `octo/app`. */
  readonly path: string;
}

/** Opens it; nothing is asked yet. */
export function openRepository(connection: RegistryConnection, path: string): Repository {
  return {
    registry: connection.registry,
    path,
    ...manifestCalls(connection, path),
    ...blobCalls(connection, path),
    ...uploadCalls(connection, path),
  };
}

import type { ImageReference } from '../domain/images/reference';
import type { Credentials } from '../domain/registry/docker-config';
import { systemClock } from '../platform/clock';
import { connectRegistry, type RegistryConnection } from '../platform/registry/connection';
import { dockerCredentials } from '../platform/registry/docker-login';
import { openRepository, type Repository } from '../platform/registry/repository';

/** Who may log in where. */
export interface RegistryLogins {
  readonly username: string | undefined;
  readonly password: string | undefined;
  /** The registry that they are for; any other is logged in to as docker would on this machine. */
  readonly registry: string | undefined;
}

/** Repositories of any registry; one connection a registry, and the same object for the same repository. */
export function openRegistries(
  { username, password, registry }: RegistryLogins,
  signal: AbortSignal,
): (reference: Pick<ImageReference, 'registry' | 'path'>) => Repository {
  const connections = new Map<string, RegistryConnection>();
  const repositories = new Map<string, Repository>();
  const given: Credentials | null =
    username === undefined || password === undefined
      ? null
      : { kind: 'password', username, password };
  const connect = (name: string): RegistryConnection => {
    const login = (): Promise<Credentials | null> =>
      given !== null && name === registry ? Promise.resolve(given) : dockerCredentials(name);
    return connectRegistry(name, login, { clock: systemClock, signal });
  };
  return (reference) => {
    const name = `${reference.registry}/${reference.path}`;
    const connection = connections.get(reference.registry) ?? connect(reference.registry);
    connections.set(reference.registry, connection);
    const repository = repositories.get(name) ?? openRepository(connection, reference.path);
    repositories.set(name, repository);
    return repository;
  };
}

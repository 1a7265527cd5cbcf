import { parseReference } from './reference';

/** Credentials in the words of the Docker API. */
export interface RegistryAuth {
  readonly username: string;
  readonly password: string;
  /** Registry host, with its port when it has one. */
  readonly serveraddress: string;
}

/** Who may pull what: by the inputs for one registry, by the server's own `docker login` for others. */
export interface RegistryLogin {
  /** Credentials of the inputs for an image; undefined = they are not for its registry. */
  given(image: string): RegistryAuth | undefined;
  /** Whether the server's own docker command may know more of the image's registry than anybody does. */
  own(image: string): boolean;
}

/** Engines and docker configurations know Docker Hub by this address. */
const hubAddress = 'https://index.docker.io/v1/';

/**
 * The credentials of the inputs are for the registry of the first released image and for no other: they must not travel.
 * @param known registries that the server itself is logged in to, by the keys of its docker configuration; null = it cannot be read
 */
export function registryLogin(
  credentials: { readonly username: string; readonly password: string } | undefined,
  released: readonly string[],
  known: readonly string[] | null,
): RegistryLogin {
  const registry = registryOf(released[0] ?? '');
  const given = (image: string): RegistryAuth | undefined => {
    if (credentials === undefined || registry === undefined || registryOf(image) !== registry)
      return undefined;
    return { ...credentials, serveraddress: addressOf(registry) };
  };
  const names = known?.map(registryName) ?? null;
  return {
    given,
    own: (image) => {
      if (given(image) !== undefined) return false;
      const of = registryOf(image) ?? '';
      // A store of credentials answers for any registry.
      return names === null || names.includes(of) || names.includes('credsStore');
    },
  };
}

/** Text of a docker configuration with one login, in which nothing else stands. */
export function dockerLogin({ username, password, serveraddress }: RegistryAuth): string {
  const auth = btoa(String.fromCharCode(...new TextEncoder().encode(`${username}:${password}`)));
  return JSON.stringify({ auths: { [serveraddress]: { auth } } });
}

function registryOf(image: string): string | undefined {
  return parseReference(image)?.registry;
}

function addressOf(registry: string): string {
  return registry === 'docker.io' ? hubAddress : registry;
}

/** A key of a docker configuration as a registry: `https://index.docker.io/v1/` is docker.io. */
function registryName(key: string): string {
  const host = key.replace(/^https?:\/\//, '').replace(/\/.*$/, '');
  return host === 'index.docker.io' ? 'docker.io' : host;
}

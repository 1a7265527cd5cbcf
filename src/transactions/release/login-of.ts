import { registryLogin, type RegistryLogin } from '../../domain/images/registry-login';
import type { HostLook } from '../../operations/release/look-at-host';
import type { HostRun } from './deploy-tools';

/** Who may pull where the inputs have credentials for no registry. */
export const ownLogin = (
  docker: readonly string[],
  look: Pick<HostLook, 'logins'>,
): RegistryLogin => registryLogin(undefined, [], readable(docker) ? look.logins : null);

// Behind sudo the login is root's, and its configuration cannot be read.
const readable = ([program]: readonly string[]): boolean => program !== 'sudo';

/** Who may pull on this host: the inputs for the released images' registry, else the docker command's own login. */
export function loginOf(
  { facts }: Pick<HostRun, 'facts'>,
  { logins }: Pick<HostLook, 'logins'>,
  released: readonly string[],
): RegistryLogin {
  return registryLogin(facts.credentials, released, readable(facts.docker) ? logins : null);
}

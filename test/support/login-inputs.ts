import type { Environment } from './environment';
import type { Server } from './server';

/** Inputs with which an action reaches a server as the user `deploy`, and starts its keeper there. */
export async function loginInputs(
  { keeperImage }: Pick<Environment, 'keeperImage'>,
  server: Server,
): Promise<Readonly<Record<'hosts' | 'ssh-key' | 'known-hosts' | 'keeper-image', string>>> {
  return {
    hosts: `deploy@${server.host}:${server.sshPort}`,
    'ssh-key': server.privateKey,
    'known-hosts': await server.knownHosts(),
    'keeper-image': keeperImage,
  };
}

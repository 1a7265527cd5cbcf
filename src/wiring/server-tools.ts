import { formatHostAddress, type HostAddress } from '../config/host-address';
import { systemClock } from '../platform/clock';
import { randomHex, sha256 } from '../platform/digest';
import { openEngine } from '../platform/docker-api';
import { bundledKeeper, readKeeperBundle } from '../platform/keeper-bundle';
import { connectSsh } from '../platform/ssh-host';
import { packFiles } from '../platform/tar';
import { ShiplockError } from '../errors';
import type { DeployTools, Session } from '../transactions/deploy-tools';

/** How to log in to the servers. */
export interface Access {
  readonly privateKey: string | undefined;
  readonly passphrase: string | undefined;
  readonly agentSocket: string | undefined;
  readonly knownHosts: readonly string[];
}

/** The real tools of a release: SSH, the Docker API over it, the clock, the keeper's bundle. */
export function serverTools(
  access: Access,
  more: Pick<DeployTools, 'tell' | 'signal'> & { readonly keeperPath?: string },
): DeployTools {
  return {
    connect: (address, docker) => connect(access, address, docker),
    pack: packFiles,
    hash: sha256,
    random: randomHex,
    clock: systemClock,
    readKeeper: () => readKeeperBundle(more.keeperPath ?? bundledKeeper()),
    tell: more.tell,
    signal: more.signal,
  };
}

async function connect(
  access: Access,
  address: HostAddress,
  docker: readonly string[],
): Promise<Session> {
  if (address.user === null) {
    throw new ShiplockError(`the server ${formatHostAddress(address)} is named without a user`, {
      hint: `Write user@${formatHostAddress(address)}.`,
      fault: 'user',
      verdict: 'refused',
    });
  }
  const host = await connectSsh({
    ...access,
    destination: { user: address.user, host: address.host, port: address.port ?? 22 },
  });
  // Not waited for: the host itself can be looked at while its engine is found.
  const engine = openEngine({
    open: () => host.openStream([...docker, 'system', 'dial-stdio']),
  });
  return {
    host,
    engine,
    close: () => {
      engine.close();
      return host.close();
    },
  };
}

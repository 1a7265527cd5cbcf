import { formatHostAddress, type HostAddress } from '../config/host-address';
import type { InputsOf } from '../contract/define-action';
import type { hostInputs } from '../contract/release-fields';
import { systemClock } from '../platform/clock';
import { randomHex, sha256 } from '../platform/digest';
import { bundledKeeper, readKeeperBundle } from '../platform/keeper-bundle';
import { openSession } from '../platform/open-session';
import { agentSocket } from '../platform/ssh/agent-socket';
import { connectSsh } from '../platform/ssh/ssh-host';
import type { Destination } from '../platform/ssh/ssh-hop';
import type { Identity } from '../platform/ssh/ssh-login';
import type { SshOptions } from '../platform/ssh/ssh-route';
import { packFiles } from '../platform/tar';
import { ShiplockError } from '../errors';
import type { DeployTools, Session } from '../transactions/release/deploy-tools';

/** How to log in to the servers, and to those on the way to them. */
export type Access = Pick<SshOptions, keyof Identity | 'jumpIdentity' | 'knownHosts'>;

/** The inputs that say how to log in. */
export type AccessInputs = Pick<
  InputsOf<typeof hostInputs>,
  'ssh-key' | 'ssh-key-passphrase' | 'proxy-jump-key' | 'proxy-jump-key-passphrase' | 'known-hosts'
>;

/** How those inputs log in. */
export function accessOf(inputs: AccessInputs): Access {
  return {
    privateKey: inputs['ssh-key'],
    passphrase: inputs['ssh-key-passphrase'],
    agentSocket: agentSocket(),
    jumpIdentity:
      inputs['proxy-jump-key'] === undefined
        ? undefined
        : {
            privateKey: inputs['proxy-jump-key'],
            passphrase: inputs['proxy-jump-key-passphrase'],
            input: 'proxy-jump-key',
          },
    knownHosts: inputs['known-hosts'],
  };
}

/** The real tools of a release: SSH, the Docker API over it, the clock, the keeper's bundle. */
export function serverTools(
  access: Access,
  more: Pick<DeployTools, 'tell' | 'signal'> & { readonly keeperPath?: string },
): DeployTools {
  return {
    connect: (address, docker, through) => connectServer(access, address, docker, through),
    pack: packFiles,
    hash: sha256,
    random: randomHex,
    clock: systemClock,
    readKeeper: () => readKeeperBundle(more.keeperPath ?? bundledKeeper()),
    tell: more.tell,
    signal: more.signal,
  };
}

/** One SSH connection with the Docker API over it. */
export async function connectServer(
  access: Access,
  address: HostAddress,
  docker: readonly string[],
  through: readonly HostAddress[],
): Promise<Session> {
  const host = await connectSsh({
    ...access,
    destination: destinationOf(address),
    jumps: through.map(destinationOf),
  });
  return openSession(host, docker);
}

function destinationOf(address: HostAddress): Destination {
  const { user, host, port } = address;
  if (user !== null) return { user, host, port: port ?? 22 };
  throw new ShiplockError(`the server ${formatHostAddress(address)} is named without a user`, {
    hint: `Write user@${formatHostAddress(address)}.`,
    fault: 'user',
    verdict: 'refused',
  });
}

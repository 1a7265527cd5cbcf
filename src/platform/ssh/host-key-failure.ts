import { ShiplockError } from '../../errors';
import type { Destination, Hop } from './ssh-hop';
import { describePins } from './ssh-host-keys';
import { fingerprintOf, typeOf } from './public-key';

/** The name under which known_hosts knows a server. */
export function pinnedName({ host, port }: Pick<Destination, 'host' | 'port'>): string {
  return port === 22 ? host : `[${host}]:${port}`;
}

/** How a user learns the right pin of a server without trusting the network; `type` is the key's type on the wire. */
export function hostKeyHint(
  server: Pick<Destination, 'host' | 'port'>,
  type = 'ssh-ed25519',
): string {
  const file = type.startsWith('ecdsa') ? 'ecdsa' : type === 'ssh-rsa' ? 'rsa' : 'ed25519';
  return [
    `On ${server.host} itself (its console, or a connection you already trust) run`,
    `  ssh-keygen -lf /etc/ssh/ssh_host_${file}_key.pub`,
    'and write into known-hosts, with the SHA256:… that it prints:',
    `  ${pinnedName(server)} SHA256:…`,
  ].join('\n');
}

/** The server showed keys, and none of them is pinned. */
export function wrongHostKey(
  { name, destination, pins }: Hop,
  shown: readonly Buffer[],
): ShiplockError {
  const got = shown.map((key) => `${fingerprintOf(key)} (${typeOf(key)})`).join(', ');
  const [first] = shown;
  return refused(
    `The host key of ${name} is not the pinned one: got ${got}, expected ${describePins(pins)}`,
    [
      'Either this is another machine than you think, or its key was renewed; do not take the new one from this message.',
      hostKeyHint(destination, first && typeOf(first)),
    ].join('\n'),
  );
}

/** The server showed a key that a line marked @revoked names. */
export function revokedHostKey({ name }: Hop, key: Buffer): ShiplockError {
  return refused(
    `The host key of ${name}, ${fingerprintOf(key)}, is marked @revoked`,
    'Do not trust this machine until you know why; then pin its new key.',
  );
}

/** The server has keys, but none of a pinned type. */
export function typeNotPinned({ name, destination, pins }: Hop, cause: unknown): ShiplockError {
  return refused(
    `The pinned host keys of ${name} are of the type ${pins.types.join(', ')}, and it has none of that type`,
    `Pin a key that it has; RSA keys count only with SHA-2 signatures. ${hostKeyHint(destination)}`,
    cause,
  );
}

function refused(message: string, hint: string, cause?: unknown): ShiplockError {
  return new ShiplockError(message, { hint, cause, fault: 'user', verdict: 'refused' });
}

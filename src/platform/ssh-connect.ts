import './module-dirname';
import type { Duplex } from 'node:stream';
import { NodeSSH } from 'node-ssh';
import type { ServerHostKeyAlgorithm } from 'ssh2';
import type { Config } from 'node-ssh';
import { readPins } from './known-hosts';
import { connectFailure, revokedHostKey, wrongHostKey } from './ssh-failure';
import { judgeHostKey, typeOf } from './ssh-host-keys';
import type { HostKeyPins } from './ssh-host-keys';
import { readLogin } from './ssh-login';
import type { SshLogin } from './ssh-login';

export interface SshOptions {
  readonly destination: { readonly user: string; readonly host: string; readonly port: number };
  readonly privateKey?: string | undefined;
  readonly passphrase?: string | undefined;
  /** Path of an agent's socket; used after the private key when both are given. Never forwarded. */
  readonly agentSocket?: string | undefined;
  /** known_hosts lines, `SHA256:…` fingerprints (alone, after a host name, or as ssh-keygen -l prints them), .pub lines. */
  readonly knownHosts: readonly string[];
  /** From the first packet to the end of the login; default 20 000. */
  readonly readyTimeoutMs?: number | undefined;
  /** A way to the server other than TCP, such as a jump host's channel; a connection may be tried several times. */
  readonly openSock?: (() => Promise<Duplex>) | undefined;
}

/** `user@host:port`. */
export function loginOf({ destination: { user, host, port } }: SshOptions): string {
  return `${user}@${host.includes(':') ? `[${host}]` : host}:${port}`;
}

type Outcome =
  { readonly ssh: NodeSSH } | { readonly shown: Buffer } | { readonly failed: unknown };

/**
 * A connection to a server that proved to have a pinned host key. A server shows one key of the types it is asked for;
 * a fingerprint does not tell its type, so types are asked for one after the other until a key fits.
 */
export async function logIn(options: SshOptions): Promise<NodeSSH> {
  const { host, port } = options.destination;
  const login = readLogin(options);
  const pins = readPins(options.knownHosts, host, port);
  const shown: Buffer[] = [];
  for (let types = pins.types; types.length > 0; types = without(types, shown)) {
    const outcome = await attempt(options, login, pins, types);
    if ('ssh' in outcome) return outcome.ssh;
    if ('shown' in outcome) {
      shown.push(outcome.shown);
      if (judgeHostKey(pins, outcome.shown) === 'revoked') {
        throw revokedHostKey(loginOf(options), outcome.shown);
      }
      if (!mayHaveAnother(pins, outcome.shown)) break;
    } else if (shown.length === 0) {
      const about = { login: loginOf(options), credential: login.credential, pins };
      throw connectFailure(outcome.failed, about);
    } else break;
  }
  throw wrongHostKey(loginOf(options), pins, shown);
}

function without(types: readonly string[], shown: readonly Buffer[]): readonly string[] {
  return types.filter((type) => !shown.some((key) => typeOf(key) === type));
}

/** A whole key of this type is pinned: then another one of that type is simply wrong. */
function mayHaveAnother(pins: HostKeyPins, shown: Buffer): boolean {
  return pins.fingerprints.length > 0 && !pins.keys.some((key) => typeOf(key) === typeOf(shown));
}

/** No SHA-1 signatures, no CBC, no 3DES, no SHA-1 exchange: what OpenSSH has offered since 2014. */
const ALGORITHMS = {
  cipher: [
    'aes128-gcm@openssh.com',
    'aes256-gcm@openssh.com',
    'aes128-ctr',
    'aes192-ctr',
    'aes256-ctr',
    'chacha20-poly1305@openssh.com',
  ],
  hmac: [
    'hmac-sha2-256-etm@openssh.com',
    'hmac-sha2-512-etm@openssh.com',
    'hmac-sha2-256',
    'hmac-sha2-512',
  ],
} satisfies Config['algorithms'];

async function attempt(
  options: SshOptions,
  login: SshLogin,
  pins: HostKeyPins,
  types: readonly string[],
): Promise<Outcome> {
  let shown: Buffer | undefined;
  const ssh = new NodeSSH();
  const sock = options.openSock ? { sock: await options.openSock() } : {};
  const connecting = ssh.connect({
    ...configOf(options, types),
    ...login.config,
    ...sock,
    // It must answer with a boolean: undefined would leave the handshake hanging.
    hostVerifier: (key: Buffer): boolean => {
      if (judgeHostKey(pins, key) === 'trusted') return true;
      shown = key;
      return false;
    },
  });
  const client = ssh.connection;
  // node-ssh listens until the login is through; a later error without a listener would end the process.
  client?.on('error', () => undefined);
  try {
    await connecting;
    return { ssh };
  } catch (failed) {
    client?.destroy();
    return shown === undefined ? { failed } : { shown };
  }
}

function configOf(
  { destination, readyTimeoutMs = 20_000 }: SshOptions,
  types: readonly string[],
): Config {
  const signatures = types.flatMap((type) =>
    type === 'ssh-rsa' ? ['rsa-sha2-512', 'rsa-sha2-256'] : [type],
  );
  return {
    host: destination.host,
    port: destination.port,
    username: destination.user,
    readyTimeout: readyTimeoutMs,
    // Without it a vanished network gives no event at all; so it is noticed after a minute at most.
    keepaliveInterval: 15_000,
    keepaliveCountMax: 3,
    agentForward: false,
    algorithms: { ...ALGORITHMS, serverHostKey: signatures as ServerHostKeyAlgorithm[] },
  };
}

import '../module-dirname';
import type { Duplex } from 'node:stream';
import { setTimeout as wait } from 'node:timers/promises';
import { NodeSSH } from 'node-ssh';
import type { Client, ServerHostKeyAlgorithm } from 'ssh2';
import type { Config } from 'node-ssh';
import { messageOf } from '../../errors';
import { dial } from './dial';
import { errorField } from '../error-field';
import { revokedHostKey, wrongHostKey } from './host-key-failure';
import { connectFailure } from './ssh-failure';
import type { ServerWords } from './login-failure';
import type { Hop } from './ssh-hop';
import { judgeHostKey } from './ssh-host-keys';
import type { HostKeyPins } from './ssh-host-keys';
import { typeOf } from './public-key';

type Outcome =
  { readonly ssh: NodeSSH } | { readonly shown: Buffer } | { readonly failed: unknown };

/**
 * A connection to a host that proved to have a pinned host key, from here or through another. A server shows one key of the
 * types it is asked for; a fingerprint does not tell its type, so types are asked for one after the other until a key fits.
 */
export async function logIn(hop: Hop, through: Client | null): Promise<NodeSSH> {
  const { pins } = hop;
  const shown: Buffer[] = [];
  for (let types = pins.types; types.length > 0; types = without(types, shown)) {
    const words: ServerWords = {
      greeting: '',
      banner: '',
      begun: false,
      methods: null,
      partial: false,
      sha1: false,
    };
    const outcome = await persist(() => attempt(hop, through, types, words));
    if ('ssh' in outcome) return outcome.ssh;
    if ('shown' in outcome) {
      shown.push(outcome.shown);
      if (judgeHostKey(pins, outcome.shown) === 'revoked') {
        throw revokedHostKey(hop, outcome.shown);
      }
      if (!mayHaveAnother(pins, outcome.shown)) break;
    } else if (shown.length === 0) {
      throw connectFailure(outcome.failed, hop, words);
    } else break;
  }
  throw wrongHostKey(hop, shown);
}

function without(types: readonly string[], shown: readonly Buffer[]): readonly string[] {
  return types.filter((type) => !shown.some((key) => typeOf(key) === type));
}

/** A whole key of this type is pinned: then another one of that type is simply wrong. */
function mayHaveAnother(pins: HostKeyPins, shown: Buffer): boolean {
  return pins.fingerprints.length > 0 && !pins.keys.some((key) => typeOf(key) === typeOf(shown));
}

const pausesMs = [500, 1_500];

/** A full sshd drops new connections at random before it says a word (MaxStartups): nothing has begun, so it is asked again. */
async function persist(act: () => Promise<Outcome>): Promise<Outcome> {
  for (const pauseMs of pausesMs) {
    const outcome = await act();
    if (!('failed' in outcome) || !wasDropped(outcome.failed)) return outcome;
    await wait(pauseMs);
  }
  return act();
}

function wasDropped(thrown: unknown): boolean {
  const early = messageOf(thrown).includes('before handshake');
  return early || ['ECONNRESET', 'EAI_AGAIN'].includes(errorField(thrown, 'code'));
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
  hop: Hop,
  through: Client | null,
  types: readonly string[],
  words: ServerWords,
): Promise<Outcome> {
  let shown: Buffer | undefined;
  const ssh = new NodeSSH();
  let sock: Duplex | undefined;
  try {
    sock = await openSock(hop, through);
    listen(sock, words);
    const connecting = ssh.connect({
      ...configOf(hop, types),
      sock,
      authHandler: hop.login.offer(hop.destination.user, words),
      // It must answer with a boolean: undefined would leave the handshake hanging.
      hostVerifier: (key: Buffer): boolean => {
        if (judgeHostKey(hop.pins, key) === 'trusted') return true;
        shown = key;
        return false;
      },
    });
    const client = ssh.connection;
    // node-ssh listens until the login is through; a later error without a listener would end the process.
    client?.on('error', () => undefined);
    client?.on('handshake', () => (words.begun = true));
    client?.on('banner', (text) => (words.banner = text));
    await connecting;
    return { ssh };
  } catch (failed) {
    sock?.destroy();
    return shown === undefined ? { failed } : { shown };
  }
}

function openSock({ destination, timeoutMs }: Hop, through: Client | null): Promise<Duplex> {
  const { host, port } = destination;
  if (through === null) return dial(host, port, { timeoutMs });
  return new Promise((resolve, reject) => {
    const late = Object.assign(new Error('no answer'), { code: 'ETIMEDOUT' });
    const timer = setTimeout(reject, timeoutMs, late);
    through.forwardOut('127.0.0.1', 0, host, port, (error, channel) => {
      clearTimeout(timer);
      if (error) reject(error);
      else resolve(channel);
    });
  });
}

/** Keeps what a server says before it names itself: a full sshd says so there and hangs up. */
function listen(sock: Duplex, words: ServerWords): void {
  const hear = (chunk: Buffer): void => {
    words.greeting = (words.greeting + chunk.toString('latin1')).slice(0, 300);
    if (words.greeting.includes('SSH-') || words.greeting.length === 300) sock.off('data', hear);
  };
  sock.on('data', hear);
}

function configOf({ destination, timeoutMs }: Hop, types: readonly string[]): Config {
  const signatures = types.flatMap((type) =>
    type === 'ssh-rsa' ? ['rsa-sha2-512', 'rsa-sha2-256'] : [type],
  );
  return {
    host: destination.host,
    port: destination.port,
    username: destination.user,
    readyTimeout: timeoutMs,
    // Without it a vanished network gives no event at all; so it is noticed after a minute at most.
    keepaliveInterval: 15_000,
    keepaliveCountMax: 3,
    agentForward: false,
    algorithms: { ...ALGORITHMS, serverHostKey: signatures as ServerHostKeyAlgorithm[] },
  };
}

import { createHmac } from 'node:crypto';
import { ShiplockError } from '../../errors';
import { hostKeyHint, pinnedName } from './host-key-failure';
import type { Destination } from './ssh-hop';
import { MODERN_TYPES } from './ssh-host-keys';
import type { HostKeyPins } from './ssh-host-keys';
import { typeOf } from './public-key';

interface Pin {
  readonly key?: Buffer;
  readonly fingerprint?: string;
  readonly types: readonly string[];
  readonly kind?: 'revoked' | 'authority';
  /** The line names no host, so it counts for every one. */
  readonly nameless?: true;
}

type Server = Pick<Destination, 'host' | 'port'>;

/**
 * Reads the pins that apply to a server; throws when a line cannot be read, or when none applies. `named`: every line must say
 * whose key it is, as on a way through other servers, which could show their own.
 */
export function readPins(
  lines: readonly string[],
  server: Server,
  { named = false }: { readonly named?: boolean } = {},
): HostKeyPins {
  const entries = lines
    .flatMap((line) => line.split(/\n|\\n/))
    .map((line) => line.trim())
    .filter((line) => line !== '' && !line.startsWith('#'));
  if (entries.length === 0) {
    const nothing =
      'No host key is pinned (known-hosts is empty), and unknown servers are not trusted';
    throw notPinned(nothing, server);
  }
  const pins = pinsFor(entries, server);
  if (named && pins.some(({ nameless }) => nameless)) throw namesNobody(server);
  const trusted = pins.filter(({ kind }) => kind === undefined);
  if (trusted.length === 0) throw noneFor(entries, pins, server);
  const types = new Set(trusted.flatMap((pin) => pin.types));
  if (!MODERN_TYPES.some((type) => types.has(type))) {
    const only = `Only host keys of types that are not safe or not supported are pinned for ${pinnedName(server)} (${[...types].join(', ')})`;
    throw notPinned(only, server);
  }
  return {
    keys: trusted.flatMap((pin) => pin.key ?? []),
    revoked: pins.flatMap(({ kind, key }) => (kind === 'revoked' && key ? [key] : [])),
    fingerprints: trusted.flatMap((pin) => pin.fingerprint ?? []),
    types: MODERN_TYPES.filter((type) => types.has(type)),
  };
}

/** As OpenSSH does: on another port "[host]:port" counts, and the bare name only when there is no such line. */
function pinsFor(entries: readonly string[], { host, port }: Server): readonly Pin[] {
  const name = canonical(host);
  const all = (as: string): Pin[] =>
    entries.flatMap((entry, index) => readEntry({ entry, index, name: as }));
  const exact = all(pinnedName({ host: name, port }));
  const told = exact.some(({ kind, nameless }) => kind === undefined && !nameless);
  return told || port === 22 ? exact : [...exact, ...all(name).filter((pin) => !pin.nameless)];
}

/** OpenSSH looks IPv6 addresses up in their shortest form. */
function canonical(host: string): string {
  const url = `http://[${host}]/`;
  return host.includes(':') && URL.canParse(url) ? new URL(url).hostname.slice(1, -1) : host;
}

const FINGERPRINT = /^SHA256:([A-Za-z0-9+/]{43})=?$/;
const PRINTED_TYPES: Readonly<Record<string, readonly string[]>> = {
  ED25519: ['ssh-ed25519'],
  ECDSA: MODERN_TYPES.filter((type) => type.startsWith('ecdsa-')),
  RSA: ['ssh-rsa'],
};

interface Line {
  readonly entry: string;
  readonly index: number;
  /** The host's, as known_hosts writes it. */
  readonly name: string;
}

/** One line in any of the accepted forms; empty when it is about another host. */
function readEntry(line: Line): Pin[] {
  const { entry, name } = line;
  const fields = entry.split(/\s+/);
  const [first = '', second = '', third = '', fourth = ''] = fields;
  if (FINGERPRINT.test(first)) return [{ ...fingerprintPin(first), nameless: true }];
  // `ssh-keygen -lf`: "256 SHA256:… comment (ED25519)".
  if (/^\d+$/.test(first) && FINGERPRINT.test(second)) {
    const type = /\((\w+)\)$/.exec(entry)?.[1];
    return [{ ...fingerprintPin(second, type), nameless: true }];
  }
  if (FINGERPRINT.test(second)) return matchesHost(first, name) ? [fingerprintPin(second)] : [];
  // A .pub file as it is.
  if (isKeyType(first)) return [{ ...keyPin(line, first, second), nameless: true }];
  const kind = first === '@revoked' ? 'revoked' : first === '@cert-authority' ? 'authority' : null;
  if (kind !== null) {
    const pin = keyPin(line, third, fourth);
    return matchesHost(second, name) ? [{ ...pin, kind }] : [];
  }
  if (!isKeyType(second)) throw unreadable(line, whatElse(entry));
  const pin = keyPin(line, second, third);
  return matchesHost(first, name) ? [pin] : [];
}

/** What people paste instead. */
function whatElse(entry: string): string {
  if (/PRIVATE KEY/.test(entry)) return 'it is of a private key, which belongs in `ssh-key`';
  if (/MD5:|^([0-9a-f]{2}:){15}[0-9a-f]{2}$/i.test(entry)) {
    return 'MD5 fingerprints are not safe; `ssh-keygen -lf` prints SHA256:…';
  }
  if (/-cert-v0[01]@openssh\.com/.test(entry)) {
    return 'it is of a certificate, which is not supported; pin the key itself';
  }
  if (entry.includes('SHA256:')) return 'a fingerprint has 43 characters after SHA256:';
  return 'it is neither a known_hosts line nor SHA256:…';
}

function fingerprintPin(text: string, printedType?: string): Pin {
  const types = PRINTED_TYPES[printedType ?? ''] ?? MODERN_TYPES;
  return { fingerprint: text.replace(/=+$/, ''), types };
}

function isKeyType(text: string): boolean {
  return MODERN_TYPES.includes(text) || /^(ssh-dss|sk-(ssh|ecdsa)-\S+@openssh\.com)$/.test(text);
}

function keyPin(line: Line, type: string, encoded: string): Pin {
  const key = Buffer.from(encoded, 'base64');
  if (typeOf(key) === type && type !== '') return { key, types: [type] };
  throw unreadable(line, 'its key is damaged or of another type than it says');
}

/** `host,host2`, patterns with `*`, `?` and `!`, or the hashed form `|1|salt|hash`. */
function matchesHost(field: string, name: string): boolean {
  const hashed = /^\|1\|([^|]+)\|([^|]+)$/.exec(field);
  if (hashed) {
    const [, salt = '', hash = ''] = hashed;
    const own = createHmac('sha1', Buffer.from(salt, 'base64'))
      .update(name.toLowerCase())
      .digest('base64');
    return own === hash;
  }
  const patterns = field.split(',');
  const hits = (pattern: string): boolean => globOf(pattern).test(name);
  if (patterns.some((pattern) => pattern.startsWith('!') && hits(pattern.slice(1)))) return false;
  return patterns.some((pattern) => !pattern.startsWith('!') && hits(pattern));
}

function globOf(pattern: string): RegExp {
  const escaped = pattern.replace(/[.+^${}()|[\]\\]/g, '\\$&');
  return new RegExp(`^${escaped.replaceAll('*', '.*').replaceAll('?', '.')}$`, 'i');
}

function notPinned(message: string, server: Server): ShiplockError {
  return refused(message, hostKeyHint(server));
}

function noneFor(entries: readonly string[], pins: readonly Pin[], server: Server): ShiplockError {
  const name = pinnedName(server);
  if (pins.some(({ kind }) => kind === 'authority')) {
    const only = `Only a certificate authority is pinned for ${name}, and certificates of hosts are not supported`;
    return notPinned(only, server);
  }
  return notPinned(`None of the ${entries.length} lines of known-hosts is for ${name}`, server);
}

function namesNobody(server: Server): ShiplockError {
  return refused(
    'A pinned host key does not say whose it is, and on the way through a jump host each must',
    `Write its server in front, for example: ${pinnedName(server)} SHA256:…`,
  );
}

/** Of the line only what cannot be a part of a secret is shown: people paste the wrong things. */
function unreadable({ entry, index }: Line, why: string): ShiplockError {
  const [first = '', second] = entry.split(/\s+/);
  const telling = second !== undefined && first.length <= 60 && !first.startsWith('-');
  const shown = telling ? `, "${first} …",` : '';
  return refused(
    `Line ${index + 1} of known-hosts${shown} cannot be read: ${why}`,
    [
      'Write `host SHA256:…` with what `ssh-keygen -lf /etc/ssh/ssh_host_ed25519_key.pub` prints on the server itself,',
      'or a line of a known_hosts file.',
    ].join('\n'),
  );
}

function refused(message: string, hint: string): ShiplockError {
  return new ShiplockError(message, { hint, fault: 'user', verdict: 'refused' });
}

import { createHmac } from 'node:crypto';
import { ShiplockError } from '../errors';
import { MODERN_TYPES, typeOf } from './ssh-host-keys';
import type { HostKeyPins } from './ssh-host-keys';

/** How a user learns the right pins without trusting the network. */
export const HOST_KEY_HINT = [
  'On the server itself (its console, or a connection you already trust) run',
  '  ssh-keygen -lf /etc/ssh/ssh_host_ed25519_key.pub',
  'and give the line, or its SHA256:… part, in `known-hosts`; or give known_hosts lines, which is',
  '  echo "$(hostname -f) $(cut -d" " -f1,2 /etc/ssh/ssh_host_ed25519_key.pub)"',
  'with the name under which you deploy to it.',
].join('\n');

interface Pin {
  readonly key?: Buffer;
  readonly fingerprint?: string;
  readonly types: readonly string[];
  readonly revoked?: boolean;
}

/** Reads the pins that apply to a host; throws when a line cannot be read, or when none applies. */
export function readPins(lines: readonly string[], host: string, port: number): HostKeyPins {
  const entries = lines
    .flatMap((line) => line.split('\n'))
    .map((line) => line.trim())
    .filter((line) => line !== '' && !line.startsWith('#'));
  if (entries.length === 0)
    throw notPinned('No host key is pinned, and unknown servers are not trusted');
  const named = (name: string): Pin[] => entries.flatMap((entry) => readEntry(entry, name));
  // As OpenSSH does: on another port "[host]:port" counts, and the bare name only when there is no such line.
  const exact = port === 22 ? named(host) : named(`[${host}]:${port}`);
  const pins = exact.some((pin) => pin.revoked !== true) ? exact : [...exact, ...named(host)];
  const trusted = pins.filter((pin) => pin.revoked !== true);
  if (trusted.length === 0) {
    throw notPinned(`None of the ${entries.length} pinned host keys is for ${host}:${port}`);
  }
  const types = new Set(trusted.flatMap((pin) => pin.types));
  if (!MODERN_TYPES.some((type) => types.has(type))) {
    throw notPinned(
      `Only keys of types that are not safe or not supported are pinned (${[...types].join(', ')})`,
    );
  }
  return {
    keys: trusted.flatMap((pin) => pin.key ?? []),
    revoked: pins.flatMap((pin) => (pin.revoked === true && pin.key ? [pin.key] : [])),
    fingerprints: trusted.flatMap((pin) => pin.fingerprint ?? []),
    types: MODERN_TYPES.filter((type) => types.has(type)),
  };
}

const FINGERPRINT = /^SHA256:([A-Za-z0-9+/]{43})=?$/;
const PRINTED_TYPES: Readonly<Record<string, readonly string[]>> = {
  ED25519: ['ssh-ed25519'],
  ECDSA: MODERN_TYPES.filter((type) => type.startsWith('ecdsa-')),
  RSA: ['ssh-rsa'],
};

/** One line in any of the accepted forms; empty when it is about another host. */
function readEntry(entry: string, name: string): Pin[] {
  const fields = entry.split(/\s+/);
  const [first = '', second = '', third = ''] = fields;
  if (FINGERPRINT.test(first)) return [fingerprintPin(first)];
  // `ssh-keygen -lf`: "256 SHA256:… comment (ED25519)".
  if (/^\d+$/.test(first) && FINGERPRINT.test(second)) {
    return [fingerprintPin(second, /\((\w+)\)$/.exec(entry)?.[1])];
  }
  if (FINGERPRINT.test(second)) return matchesHost(first, name) ? [fingerprintPin(second)] : [];
  // A .pub file as it is: no host in front, so it counts for every host.
  if (isKeyType(first)) return keyPin(entry, first, second);
  if (first === '@revoked') {
    const revoked = keyPin(entry, third, fields[3] ?? '').map((pin) => ({ ...pin, revoked: true }));
    return matchesHost(second, name) ? revoked : [];
  }
  if (first === '@cert-authority') throw unreadable(entry, 'host certificates are not supported');
  if (!isKeyType(second)) throw unreadable(entry, 'it is neither a known_hosts line nor SHA256:…');
  const pin = keyPin(entry, second, third);
  return matchesHost(first, name) ? pin : [];
}

function fingerprintPin(text: string, printedType?: string): Pin {
  const types = PRINTED_TYPES[printedType ?? ''] ?? MODERN_TYPES;
  return { fingerprint: text.replace(/=+$/, ''), types };
}

function isKeyType(text: string): boolean {
  return MODERN_TYPES.includes(text) || /^(ssh-dss|sk-(ssh|ecdsa)-\S+@openssh\.com)$/.test(text);
}

function keyPin(entry: string, type: string, encoded: string): Pin[] {
  const key = Buffer.from(encoded, 'base64');
  if (typeOf(key) !== type)
    throw unreadable(entry, 'its key is damaged or of another type than it says');
  return [{ key, types: [type] }];
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

function notPinned(message: string): ShiplockError {
  return new ShiplockError(message, { hint: HOST_KEY_HINT, fault: 'user', verdict: 'refused' });
}

function unreadable(entry: string, why: string): ShiplockError {
  const shown = entry.length > 60 ? `${entry.slice(0, 60)}…` : entry;
  return notPinned(`The pinned host key "${shown}" cannot be read: ${why}`);
}

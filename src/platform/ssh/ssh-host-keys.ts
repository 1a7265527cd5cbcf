import { timingSafeEqual } from 'node:crypto';
import { fingerprintOf } from './public-key';

/** What the user pinned for one host. */
export interface HostKeyPins {
  /** Whole public keys, in the SSH wire format. */
  readonly keys: readonly Buffer[];
  readonly revoked: readonly Buffer[];
  readonly fingerprints: readonly string[];
  /** Key types the server may show; every modern one as soon as a fingerprint came without its type. */
  readonly types: readonly string[];
}

/** Modern key types in the order in which they are asked for; no DSA. RSA is signed with SHA-2 only. */
export const MODERN_TYPES: readonly string[] = [
  'ssh-ed25519',
  'ecdsa-sha2-nistp256',
  'ecdsa-sha2-nistp384',
  'ecdsa-sha2-nistp521',
  'ssh-rsa',
];

export type HostKeyVerdict = 'trusted' | 'unknown' | 'revoked';

/** Compares in a time that does not depend on the content. */
export function judgeHostKey(pins: HostKeyPins, key: Buffer): HostKeyVerdict {
  const is = (other: Buffer): boolean => other.length === key.length && timingSafeEqual(other, key);
  if (pins.revoked.some(is)) return 'revoked';
  const shown = Buffer.from(fingerprintOf(key));
  const matches = (text: string): boolean => {
    const pinned = Buffer.from(text);
    return pinned.length === shown.length && timingSafeEqual(pinned, shown);
  };
  return pins.keys.some(is) || pins.fingerprints.some(matches) ? 'trusted' : 'unknown';
}

/** The pins as fingerprints, for a message. */
export function describePins(pins: HostKeyPins): string {
  return [...pins.keys.map(fingerprintOf), ...pins.fingerprints].join(', ');
}

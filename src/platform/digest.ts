import { createHash, createHmac, hash, randomBytes } from 'node:crypto';

/** SHA-256 in hex, as an HMAC where there is a key. */
export function sha256(text: string, key?: string): string {
  return (key === undefined ? createHash('sha256') : createHmac('sha256', key))
    .update(text)
    .digest('hex');
}

/** The first half of an HMAC with SHA-256, 32 hex digits: enough to tell things apart. */
export function keyedName(text: string, key: string): string {
  return createHmac('sha256', key).update(text).digest().toString('hex', 0, 16);
}

/** The first half of a SHA-256, 32 hex digits; for many texts, none of them a secret. */
export function shortName(text: string): string {
  return hash('sha256', text, 'buffer').toString('hex', 0, 16);
}

/** Hex text from the system's random source, two digits a byte. */
export function randomHex(bytes: number): string {
  return randomBytes(bytes).toString('hex');
}

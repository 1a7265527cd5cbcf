import { createHash, createHmac, randomBytes } from 'node:crypto';

/** SHA-256 in hex, as an HMAC where there is a key. */
export function sha256(text: string, key?: string): string {
  return (key === undefined ? createHash('sha256') : createHmac('sha256', key))
    .update(text)
    .digest('hex');
}

/** Hex text from the system's random source, two digits a byte. */
export function randomHex(bytes: number): string {
  return randomBytes(bytes).toString('hex');
}

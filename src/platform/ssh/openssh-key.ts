import { randomBytes } from 'node:crypto';
import type { KeyObject } from 'node:crypto';

const magic = 'openssh-key-v1\0';

/** What OpenSSH's format says about a key in clear, also when the key itself is encrypted (OpenSSH's PROTOCOL.key). */
export interface OpensshHeader {
  readonly cipher: string;
  /** In the SSH wire format. */
  readonly publicKey: Buffer;
}

/** Reads the clear part of an `OPENSSH PRIVATE KEY`; undefined when it is cut or damaged. */
export function readOpensshHeader(body: Buffer): OpensshHeader | undefined {
  if (body.subarray(0, magic.length).toString('latin1') !== magic) return undefined;
  const cipher = fieldAt(body, magic.length);
  const kdf = cipher && fieldAt(body, cipher.end);
  const options = kdf && fieldAt(body, kdf.end);
  // After the options stands the number of keys, always one.
  const publicKey = options && fieldAt(body, options.end + 4);
  if (!cipher || !publicKey) return undefined;
  return { cipher: cipher.bytes.toString('latin1'), publicKey: publicKey.bytes };
}

/** Length and bytes at an offset, as SSH writes all its fields; undefined beyond the end. */
export function fieldAt(
  data: Buffer,
  offset: number,
): { readonly bytes: Buffer; readonly end: number } | undefined {
  if (offset + 4 > data.length) return undefined;
  const end = offset + 4 + data.readUInt32BE(offset);
  return end > data.length ? undefined : { bytes: data.subarray(offset + 4, end), end };
}

/** An Ed25519 key in OpenSSH's format, the only one that ssh2 reads it in. */
export function toOpenssh(key: KeyObject): string {
  const { d = '', x = '' } = key.export({ format: 'jwk' });
  const point = Buffer.from(x, 'base64url');
  const type = 'ssh-ed25519';
  const publicKey = Buffer.concat([field(type), field(point)]);
  const check = randomBytes(4);
  const secret = Buffer.concat([
    ...[check, check, field(type), field(point)],
    ...[field(Buffer.concat([Buffer.from(d, 'base64url'), point])), field('')],
  ]);
  const padding = Buffer.from(Array.from({ length: -secret.length & 7 }, (_, index) => index + 1));
  const body = Buffer.concat([
    ...[Buffer.from(magic), field('none'), field('none'), field(''), Buffer.from([0, 0, 0, 1])],
    ...[field(publicKey), field(Buffer.concat([secret, padding]))],
  ]);
  const label = 'OPENSSH PRIVATE KEY';
  return `-----BEGIN ${label}-----\n${body.toString('base64')}\n-----END ${label}-----\n`;
}

function field(content: string | Buffer): Buffer {
  const bytes = Buffer.from(content);
  const length = Buffer.alloc(4);
  length.writeUInt32BE(bytes.length);
  return Buffer.concat([length, bytes]);
}

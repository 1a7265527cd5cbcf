import './module-dirname';
import { createHash } from 'node:crypto';
import ssh2 from 'ssh2';
import type { ParsedKey } from 'ssh2';
import { ShiplockError } from '../errors';

export interface PrivateKey {
  /** With clean line ends, as ssh2 reads it. */
  readonly text: string;
  readonly passphrase: string | undefined;
  readonly type: string;
  /** `SHA256:…` of the public half, as `ssh-keygen -lf` prints it. */
  readonly fingerprint: string;
}

type Parsed = ParsedKey | Error | undefined;

/** Reads a private key as it comes out of a secret: line ends are repaired; anything else wrong is an error that says what. */
export function readPrivateKey(raw: string, passphrase?: string): PrivateKey {
  const text = `${raw.replaceAll('\r\n', '\n').replaceAll('\r', '\n').trim()}\n`;
  const strange = whatElse(text);
  if (strange !== undefined) throw unusable(...strange);
  const locked = isEncrypted(text);
  if (locked && (passphrase ?? '') === '') {
    throw unusable('is encrypted and no passphrase was given', 'Give it in `ssh-key-passphrase`.');
  }
  // Its type leaves out that the OpenSSH format gives a list, of one.
  const parsed = ssh2.utils.parseKey(text, locked ? passphrase : undefined) as Parsed | Parsed[];
  const key = Array.isArray(parsed) ? parsed[0] : parsed;
  if (key === undefined || key instanceof Error || !key.isPrivateKey()) {
    if (locked)
      throw unusable('cannot be decrypted: the passphrase is wrong', 'Check `ssh-key-passphrase`.');
    throw unusable(
      'is damaged',
      'Copy the whole file anew, from the first to the last dashed line.',
    );
  }
  const fingerprint = fingerprintOf(key.getPublicSSH());
  return { text, passphrase: locked ? passphrase : undefined, type: key.type, fingerprint };
}

/** The way OpenSSH prints it: SHA-256 in base64 without padding. */
export function fingerprintOf(publicKey: Buffer): string {
  const hash = createHash('sha256').update(publicKey).digest('base64');
  return `SHA256:${hash.replace(/=+$/, '')}`;
}

/** What was pasted instead of a key that ssh2 reads, and what to do about it; undefined when it looks like one. */
function whatElse(text: string): [problem: string, hint: string] | undefined {
  const whole = 'Paste the whole private key file, dashed lines included.';
  if (text.trim() === '') return ['is empty', whole];
  if (/^(ssh-|ecdsa-|sk-)\S+ AAAA/.test(text) || /BEGIN (SSH2 |RSA )?PUBLIC KEY/.test(text)) {
    return ['is a public key', 'Give the private half: the file of the same name without `.pub`.'];
  }
  if (text.startsWith('PuTTY-User-Key-File')) {
    return [
      'is a PuTTY key (.ppk)',
      'Convert it: `puttygen key.ppk -O private-openssh-new -o key`.',
    ];
  }
  if (text.startsWith('LS0tLS1CRUdJTi'))
    return ['is base64 of a key', 'Give the key itself, decoded.'];
  if (!text.startsWith('-----BEGIN ')) return ['does not start with "-----BEGIN"', whole];
  if (!/\n-----END [A-Z0-9 ]+-----\n$/.test(text)) {
    const lines = text.trim().includes('\n');
    return lines
      ? ['is cut off: its last line is not "-----END …-----"', whole]
      : ['has lost its line breaks', 'Store it with its line breaks; in YAML use a block (`|`).'];
  }
  if (/^-----BEGIN (ENCRYPTED )?PRIVATE KEY/.test(text)) {
    return ['is in the PKCS#8 format', 'Convert it in place: `ssh-keygen -p -f key`.'];
  }
  return undefined;
}

/** Told from the file's own header, not from a parser's words. */
function isEncrypted(text: string): boolean {
  if (text.includes('\nProc-Type: 4,ENCRYPTED')) return true;
  const body = /^-----BEGIN OPENSSH PRIVATE KEY-----\n([\s\S]*?)\n-----END/.exec(text)?.[1];
  if (body === undefined) return false;
  const bytes = Buffer.from(body, 'base64').toString('latin1');
  // After the magic word come the length of the cipher's name and the name.
  return bytes.startsWith('openssh-key-v1\0') && bytes.slice(19, 23) !== 'none';
}

function unusable(problem: string, hint: string): ShiplockError {
  return new ShiplockError(`The SSH private key ${problem}`, {
    hint,
    fault: 'user',
    verdict: 'refused',
  });
}

import '../module-dirname';
import { createPrivateKey } from 'node:crypto';
import type { KeyObject } from 'node:crypto';
import ssh2 from 'ssh2';
import type { ParsedKey } from 'ssh2';
import { ShiplockError } from '../../errors';
import { readKeyText } from './key-text';
import type { KeyProblem, KeyText } from './key-text';
import { fieldAt, readOpensshHeader, toOpenssh } from './openssh-key';
import { fingerprintOf, typeOf } from './public-key';

export interface PrivateKey {
  /** Decrypted, ready to sign. */
  readonly parsed: ParsedKey;
  readonly type: string;
  /** `SHA256:…` of the public half, as `ssh-keygen -lf` prints it. */
  readonly fingerprint: string;
}

/**
 * Reads a private key as it comes out of a secret, in OpenSSH's format or in PEM (PKCS#1, PKCS#8, EC). `input` is the name of
 * the input it came from; its passphrase is the input `<input>-passphrase`. Anything wrong is an error that says what, and never shows it.
 */
export function readPrivateKey(raw: string, passphrase = '', input = 'ssh-key'): PrivateKey {
  const text = readKeyText(raw);
  const read = 'problem' in text ? text : unlock(text, passphrase, `${input}-passphrase`);
  const key = 'problem' in read ? read : (unfit(read.getPublicSSH()) ?? read);
  if ('problem' in key) {
    throw new ShiplockError(`The private key in ${input} ${key.problem}`, {
      hint: key.hint,
      fault: 'user',
      verdict: 'refused',
    });
  }
  return { parsed: key, type: key.type, fingerprint: fingerprintOf(key.getPublicSSH()) };
}

const damaged: KeyProblem = {
  problem: 'is damaged',
  hint: 'Copy the whole file anew, from its first to its last dashed line.',
};

function unlock(text: KeyText, passphrase: string, input: string): ParsedKey | KeyProblem {
  const header = readOpensshHeader(text.body);
  const openssh = text.label === 'OPENSSH PRIVATE KEY';
  if (openssh && header === undefined) return damaged;
  const strange = header && unfit(header.publicKey);
  if (strange) return strange;
  const locked = openssh
    ? header?.cipher !== 'none'
    : text.headers.length > 0 || text.label.startsWith('ENCRYPTED');
  const open = openssh ? openOpenssh : openPem;
  if (!locked) return open(text, undefined) ?? damaged;
  if (header && !/^(aes\d+-(cbc|ctr|gcm@openssh\.com)|3des-cbc)$/.test(header.cipher))
    return oldLock;
  const whose = header ? ` (${fingerprintOf(header.publicKey)})` : '';
  if (passphrase === '') {
    return { problem: `is encrypted${whose}, and no passphrase is given`, hint: `Give ${input}.` };
  }
  // A passphrase that was piped into a secret often has a line end that was never typed.
  const tries = [...new Set([passphrase, passphrase.replace(/[\r\n]+$/, '')])];
  for (const each of tries) {
    const key = open(text, each);
    if (key) return key;
  }
  return {
    problem: `is encrypted${whose}, and the passphrase does not open it`,
    hint: `Correct ${input}. If it is right, the key is damaged: copy the whole file anew.`,
  };
}

/** Undefined when it is damaged, or the passphrase wrong. */
type Open = (text: KeyText, passphrase: string | undefined) => ParsedKey | KeyProblem | undefined;

const openOpenssh: Open = ({ pem }, passphrase) => {
  // Its type leaves out that the OpenSSH format gives a list, of one.
  const parsed = ssh2.utils.parseKey(pem, passphrase) as ParsedKey | ParsedKey[] | Error;
  const key = Array.isArray(parsed) ? parsed[0] : parsed;
  return key !== undefined && 'isPrivateKey' in key && key.isPrivateKey() ? key : undefined;
};

const oldLock: KeyProblem = {
  problem: 'is encrypted in a way that is not supported',
  hint: 'Encrypt it anew: `ssh-keygen -p -Z aes256-ctr -f key`.',
};

const openPem: Open = ({ pem }, passphrase) => {
  try {
    return fromPem(createPrivateKey({ key: pem, ...(passphrase && { passphrase }) }));
  } catch (thrown) {
    const unsupported = thrown instanceof Error && /unsupported/i.test(thrown.message);
    return unsupported && passphrase !== undefined ? oldLock : undefined;
  }
};

function fromPem(key: KeyObject): ParsedKey | KeyProblem | undefined {
  switch (key.asymmetricKeyType) {
    case 'rsa':
      return openOpenssh(exported(key, 'pkcs1'), undefined);
    case 'ec':
      return openOpenssh(exported(key, 'sec1'), undefined) ?? unusable('this elliptic curve');
    case 'ed25519':
      return openOpenssh({ ...none, pem: toOpenssh(key) }, undefined);
    default:
      return unusable(`the type ${key.asymmetricKeyType ?? 'unknown'}`);
  }
}

const none = { label: '', headers: [], body: Buffer.alloc(0) };

function exported(key: KeyObject, type: 'pkcs1' | 'sec1'): KeyText {
  return { ...none, pem: String(key.export({ type, format: 'pem' })) };
}

const another = 'Make a new key: `ssh-keygen -t ed25519 -f key`.';

function unusable(what: string): KeyProblem {
  return { problem: `is of ${what}, which SSH servers do not take`, hint: another };
}

const minimalBits = 2048;

/** Keys that no server should let in, or that nobody can use without a person beside the machine. */
function unfit(publicKey: Buffer): KeyProblem | undefined {
  const type = typeOf(publicKey);
  if (type.startsWith('sk-')) {
    return {
      problem: `is of the type ${type}: it lives in a security key that somebody must touch`,
      hint: `No machine can log in with it. ${another}`,
    };
  }
  if (type === 'ssh-dss') return unusable('the type DSA');
  if (type !== 'ssh-rsa') return undefined;
  const exponent = fieldAt(publicKey, 4 + type.length);
  const modulus = exponent && fieldAt(publicKey, exponent.end);
  // A leading zero byte only says that the number is positive.
  const bits = modulus ? 8 * (modulus.bytes.length - (modulus.bytes[0] === 0 ? 1 : 0)) : 0;
  if (bits >= minimalBits) return undefined;
  return { problem: `is an RSA key of ${bits} bits, which is too short`, hint: another };
}

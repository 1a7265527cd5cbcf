import { createPublicKey, generateKeyPairSync } from 'node:crypto';
import { afterAll, describe, expect, test } from '@jest/globals';
import { ShiplockError } from '../../../src/errors';
import { readPrivateKey } from '../../../src/platform/ssh/ssh-key';
import { KeyFolder } from '../../support/key-folder';

const folder = new KeyFolder();
afterAll(() => {
  folder.remove();
});

const plain = folder.make('plain', ['-t', 'ed25519']);
const locked = folder.make('locked', ['-t', 'ed25519', '-N', 'right', '-a', '1']);
const rsa = folder.make('rsa', ['-t', 'rsa', '-b', '2048', '-m', 'PEM']);
const lockedPem = folder.make('locked-pem', [
  '-t',
  'rsa',
  '-b',
  '2048',
  '-m',
  'PEM',
  '-N',
  'right',
]);
const pkcs8 = String(
  generateKeyPairSync('ed25519').privateKey.export({ type: 'pkcs8', format: 'pem' }),
);
const base64 = (text: string) => Buffer.from(text).toString('base64');
const wrapped = (text: string) => (base64(text).match(/.{1,76}/g) ?? []).join('\n');

/** It signs what its public half accepts, and is the key that ssh-keygen says it is. */
function expectUsable(key: ReturnType<typeof readPrivateKey>, fingerprint: string) {
  expect(key.fingerprint).toBe(fingerprint);
  const algorithm = key.type === 'ssh-rsa' ? 'sha512' : undefined;
  const signature = key.parsed.sign('data', algorithm);
  expect(key.parsed.verify('data', signature, algorithm)).toBe(true);
}

describe('a private key of every kind is read, in every format', () => {
  test.each<[string, string[]]>([
    ['Ed25519, OpenSSH', ['-t', 'ed25519']],
    ['RSA of 2048 bits, OpenSSH', ['-t', 'rsa', '-b', '2048']],
    ['RSA, PKCS#1', ['-t', 'rsa', '-b', '2048', '-m', 'PEM']],
    ['RSA, PKCS#8', ['-t', 'rsa', '-b', '2048', '-m', 'PKCS8']],
    ['ECDSA 256, OpenSSH', ['-t', 'ecdsa', '-b', '256']],
    ['ECDSA 384, OpenSSH', ['-t', 'ecdsa', '-b', '384']],
    ['ECDSA 521, OpenSSH', ['-t', 'ecdsa', '-b', '521']],
    ['ECDSA 256, EC', ['-t', 'ecdsa', '-b', '256', '-m', 'PEM']],
    ['ECDSA 384, EC', ['-t', 'ecdsa', '-b', '384', '-m', 'PEM']],
    ['ECDSA 521, EC', ['-t', 'ecdsa', '-b', '521', '-m', 'PEM']],
    ['ECDSA 256, PKCS#8', ['-t', 'ecdsa', '-b', '256', '-m', 'PKCS8']],
  ])('%s', (name, args) => {
    const open = folder.make(`${name}-open`, args);
    expectUsable(readPrivateKey(open), folder.fingerprint(`${name}-open`));
    const shut = folder.make(`${name}-shut`, [...args, '-N', 'right', '-a', '1']);
    expectUsable(readPrivateKey(shut, 'right'), folder.fingerprint(`${name}-shut`));
    expect(() => readPrivateKey(shut)).toThrow(/is encrypted.*no passphrase is given/);
    expect(() => readPrivateKey(shut, '')).toThrow(/no passphrase is given/);
    expect(() => readPrivateKey(shut, 'wrong')).toThrow(/the passphrase does not open it/);
    expectUsable(readPrivateKey(shut, 'right\r\n'), folder.fingerprint(`${name}-shut`));
  });

  test('Ed25519, PKCS#8 as openssl writes it', () => {
    const key = readPrivateKey(pkcs8);
    const point = createPublicKey(pkcs8).export({ format: 'jwk' }).x ?? '';
    expect(key.parsed.getPublicSSH().subarray(-32).toString('base64url')).toBe(point);
    expectUsable(key, key.fingerprint);
  });

  test('an elliptic curve with its parameters in front, as openssl writes it', () => {
    const parameters =
      '-----BEGIN EC PARAMETERS-----\nBggqhkjOPQMBBw==\n-----END EC PARAMETERS-----\n';
    const key = folder.make('ec', ['-t', 'ecdsa', '-b', '256', '-m', 'PEM']);
    expectUsable(readPrivateKey(parameters + key), folder.fingerprint('ec'));
  });

  test('a passphrase is not minded where none is needed', () => {
    expectUsable(readPrivateKey(plain, 'needless'), folder.fingerprint('plain'));
  });
});

describe('what a secret did to a key is repaired:', () => {
  test.each<[string, (text: string) => string]>([
    ['nothing', (text) => text],
    ['the last newline is missing', (text) => text.trimEnd()],
    ['Windows line ends', (text) => text.replaceAll('\n', '\r\n')],
    ['old Mac line ends', (text) => text.replaceAll('\n', '\r')],
    ['blank lines around', (text) => `\n\n${text}\n \n`],
    ['blank lines between', (text) => text.replaceAll('\n', '\n\n')],
    ['spaces around each line', (text) => text.replaceAll('\n', '  \n  ')],
    ['a byte order mark', (text) => `\uFEFF${text}`],
    ['quotes around', (text) => `"${text.trim()}"`],
    ['signs for line breaks', (text) => text.replaceAll('\n', '\\n')],
    ['signs for Windows line breaks, in quotes', (text) => `'${text.replaceAll('\n', '\\r\\n')}'`],
    ['spaces for line breaks', (text) => text.replaceAll('\n', ' ')],
    ['line breaks that are gone', (text) => text.replaceAll('\n', '')],
    ['base64 of it all', base64],
    ['base64 in lines', (text) => `${wrapped(text)}\n`],
    ['base64 with Windows line ends', (text) => wrapped(text.replaceAll('\n', '\r\n'))],
    ['the public half after it', (text) => `${text}${folder.publicKey('plain')}\n`],
  ])('%s', (_name, spoil) => {
    expectUsable(readPrivateKey(spoil(plain)), folder.fingerprint('plain'));
    expectUsable(readPrivateKey(spoil(locked), 'right'), folder.fingerprint('locked'));
    expectUsable(readPrivateKey(spoil(rsa)), folder.fingerprint('rsa'));
    if (_name === 'line breaks that are gone') return;
    expectUsable(readPrivateKey(spoil(lockedPem), 'right'), folder.fingerprint('locked-pem'));
  });
});

/** A key of OpenSSH's format that says it is of another type, as one that lives in a security key. */
function ofType(type: string): string {
  const field = (bytes: string | Buffer) => {
    const length = Buffer.alloc(4);
    length.writeUInt32BE(bytes.length);
    return Buffer.concat([length, Buffer.from(bytes)]);
  };
  const publicKey = Buffer.concat([field(type), field(Buffer.alloc(32))]);
  const head = [Buffer.from('openssh-key-v1\0'), field('none'), field('none'), field('')];
  const body = Buffer.concat([...head, Buffer.from([0, 0, 0, 1]), field(publicKey), field('x')]);
  return `-----BEGIN OPENSSH PRIVATE KEY-----\n${body.toString('base64')}\n-----END OPENSSH PRIVATE KEY-----\n`;
}

const pem = (type: 'dsa' | 'x25519' | 'ec') => {
  const { privateKey } =
    type === 'dsa'
      ? generateKeyPairSync('dsa', { modulusLength: 1024, divisorLength: 160 })
      : type === 'ec'
        ? generateKeyPairSync('ec', { namedCurve: 'secp256k1' })
        : generateKeyPairSync('x25519');
  return String(privateKey.export({ type: 'pkcs8', format: 'pem' }));
};

const lines = plain.split('\n');
const middle = Math.floor(plain.length / 2);

describe('what cannot be used is named, with what to do, and never shown:', () => {
  test.each<[string, string, RegExp, RegExp]>([
    ['nothing', ' \n ', /is empty/, /whole private key/],
    ['a public key', folder.publicKey('plain'), /is a public key/, /without `.pub`/],
    ['a public key in PEM', folder.publicKey('rsa', 'PKCS8'), /is a public key/, /private half/],
    ['a public key of ssh.com', folder.publicKey('rsa', 'RFC4716'), /is a public key/, /private/],
    [
      'a certificate',
      `ssh-ed25519-cert-v01@openssh.com ${base64('x'.repeat(90))} me`,
      /is an SSH certificate/,
      /authorized_keys/,
    ],
    [
      'a TLS certificate',
      '-----BEGIN CERTIFICATE-----\nMIIB\n-----END CERTIFICATE-----',
      /TLS/,
      /SSH/,
    ],
    [
      'a PuTTY key',
      'PuTTY-User-Key-File-3: ssh-ed25519\nEncryption: none\n',
      /format of PuTTY/,
      /puttygen .* Export OpenSSH key/,
    ],
    ['a PuTTY key in base64', base64('PuTTY-User-Key-File-2: ssh-rsa\n'), /PuTTY/, /puttygen/],
    [
      'a key of ssh.com',
      '---- BEGIN SSH2 ENCRYPTED PRIVATE KEY ----\nP2/5\n---- END SSH2 ENCRYPTED PRIVATE KEY ----',
      /ssh\.com/,
      /ssh-keygen -i/,
    ],
    ['a file name', '~/.ssh/id_ed25519', /is the path of a file/, /what the file holds/],
    ['a Windows file name', 'C:\\Users\\me\\.ssh\\id', /is the path of a file/, /what the file/],
    ['a fingerprint', folder.fingerprint('plain'), /is a fingerprint/, /known-hosts/],
    ['a password', 'hunter2', /does not start with "-----BEGIN"/, /Paste the whole/],
    ['the first half', plain.slice(0, middle), /is cut off: its last line/, /Paste the whole/],
    ['the second half', plain.slice(middle), /is cut off: its first line/, /Paste the whole/],
    [
      'what is between the dashes',
      lines.slice(1, -2).join('\n'),
      /lost its first and its last/,
      /Paste/,
    ],
    ['a line less', [lines[0], ...lines.slice(2)].join('\n'), /is damaged/, /anew/],
    ['a key cut inside', plain.replace(/.{8}\n-----END/, '\n-----END'), /is damaged/, /anew/],
    ['PEM cut inside', rsa.replace(/.{40}\n-----END/, '\n-----END'), /is damaged/, /anew/],
    ['strange letters', plain.replace(/\n.{20}/, '\n????????????????????'), /is damaged/, /Paste/],
    ['dashes of a word processor', plain.replaceAll('-----', '—'), /does not start with/, /dashed/],
    [
      'a security key',
      ofType('sk-ssh-ed25519@openssh.com'),
      /somebody must touch/,
      /ssh-keygen -t/,
    ],
    [
      'a security key, ECDSA',
      ofType('sk-ecdsa-sha2-nistp256@openssh.com'),
      /must touch/,
      /No machine/,
    ],
    ['DSA', ofType('ssh-dss'), /type DSA, which SSH servers do not take/, /ssh-keygen -t ed25519/],
    ['DSA in PKCS#8', pem('dsa'), /of the type dsa/, /ssh-keygen -t ed25519/],
    ['a key for other ends', pem('x25519'), /of the type x25519/, /ssh-keygen -t ed25519/],
    ['a strange curve', pem('ec'), /elliptic curve, which SSH servers do not take/, /ssh-keygen/],
    [
      'a short RSA key',
      folder.make('short', ['-t', 'rsa', '-b', '1024']),
      /RSA key of 1024 bits, which is too short/,
      /ssh-keygen -t ed25519/,
    ],
  ])('%s', (_name, text, problem, hint) => {
    const error = errorOf(() => readPrivateKey(text, 'a passphrase', 'proxy-jump-key'));
    expect(error).toMatchObject({
      message: expect.stringMatching(problem),
      hint: expect.stringMatching(hint),
      fault: 'user',
      verdict: 'refused',
    });
    expect(error.message).toContain('proxy-jump-key');
    expectNothingShown(error, text);
  });

  test('encrypted with a cipher that ssh2 does not know', () => {
    const cipher = 'chacha20-poly1305@openssh.com';
    const key = folder.make(`lock-${cipher}`, ['-t', 'ed25519', '-N', 'right', '-Z', cipher]);
    const error = errorOf(() => readPrivateKey(key, 'right'));
    expect(error.message).toContain('encrypted in a way that is not supported');
    expect(error.hint).toContain('ssh-keygen -p');
    expectNothingShown(error, key);
  });

  test('a passphrase that is missing or wrong, with the input that it belongs into', () => {
    for (const [given, problem] of [
      [undefined, /no passphrase is given/],
      ['wr0ng-phrase', /does not open it/],
    ] as const) {
      const error = errorOf(() => readPrivateKey(locked, given));
      expect(error.message).toMatch(problem);
      expect(error.message).toContain(folder.fingerprint('locked'));
      expect(error.hint).toContain('ssh-key-passphrase');
      expect(everythingOf(error)).not.toContain('wr0ng');
      expectNothingShown(error, locked);
    }
  });
});

function errorOf(act: () => unknown): ShiplockError {
  try {
    act();
  } catch (thrown) {
    if (thrown instanceof ShiplockError) return thrown;
    throw thrown;
  }
  throw new Error('it was read');
}

const everythingOf = (error: unknown) =>
  JSON.stringify(error, Object.getOwnPropertyNames(error ?? {}));

/** No run of 12 letters of the key's lines turns up; its label and type may. */
function expectNothingShown(error: unknown, text: string) {
  const shown = everythingOf(error);
  const inside = text.split(/\s+/).filter((word) => /^[A-Za-z0-9+/=]{12,}$/.test(word));
  for (const word of inside) {
    for (let at = 0; at + 12 <= word.length; at += 6) {
      expect(shown).not.toContain(word.slice(at, at + 12));
    }
  }
}

import { generateKeyPairSync } from 'node:crypto';
import { describe, expect, test } from '@jest/globals';
import ssh2 from 'ssh2';
import { readPrivateKey } from '../../src/platform/ssh-key';

const pair = ssh2.utils.generateKeyPairSync('ed25519');
const locked = ssh2.utils.generateKeyPairSync('ed25519', {
  passphrase: 'right',
  cipher: 'aes256-ctr',
  rounds: 1,
});
const legacy = generateKeyPairSync('rsa', {
  modulusLength: 2048,
  publicKeyEncoding: { type: 'pkcs1', format: 'pem' },
  privateKeyEncoding: { type: 'pkcs1', format: 'pem', cipher: 'aes-128-cbc', passphrase: 'right' },
});
const pkcs8 = generateKeyPairSync('ed25519').privateKey.export({ type: 'pkcs8', format: 'pem' });

describe('a private key', () => {
  test.each([
    ['as it is', pair.private],
    ['without its last newline', pair.private.trimEnd()],
    ['with Windows line ends', pair.private.replaceAll('\n', '\r\n')],
    ['with old Mac line ends', pair.private.replaceAll('\n', '\r')],
    ['with blank lines around', `\n\n${pair.private}\n \n`],
  ])('is read %s', (_name, text) => {
    const key = readPrivateKey(text);
    expect(key.type).toBe('ssh-ed25519');
    expect(key.text.endsWith('-----END OPENSSH PRIVATE KEY-----\n')).toBe(true);
    expect(key.text).not.toContain('\r');
    expect(key.fingerprint).toMatch(/^SHA256:[\w+/]{43}$/);
  });

  test.each([
    ['the OpenSSH format', locked.private],
    ['the old PEM format', legacy.privateKey],
  ])('in %s is opened by its passphrase', (_name, text) => {
    expect(readPrivateKey(text, 'right').passphrase).toBe('right');
    expect(() => readPrivateKey(text)).toThrow(/encrypted and no passphrase/);
    expect(() => readPrivateKey(text, '')).toThrow(/encrypted and no passphrase/);
    expect(() => readPrivateKey(text, 'wrong')).toThrow(/passphrase is wrong/);
  });

  test('that is not encrypted does not mind a passphrase', () => {
    expect(readPrivateKey(pair.private, 'needless').passphrase).toBeUndefined();
  });
});

describe('what is not a private key is named', () => {
  const damaged = pair.private.replace(/\n[A-Za-z0-9+/]{20}/, '\n????????????????????');
  test.each([
    ['nothing', ' \n ', 'is empty'],
    ['a public key', pair.public, 'is a public key'],
    ['a public key in PEM', legacy.publicKey, 'is a public key'],
    ['a PuTTY key', 'PuTTY-User-Key-File-3: ssh-ed25519\nEncryption: none\n', 'is a PuTTY key'],
    ['base64 of a key', Buffer.from(pair.private).toString('base64'), 'is base64 of a key'],
    ['a file name', '~/.ssh/id_ed25519', 'does not start with "-----BEGIN"'],
    ['the first half', pair.private.slice(0, 200), 'is cut off'],
    ['one line', pair.private.replaceAll('\n', ' '), 'has lost its line breaks'],
    [
      'one line with signs for line breaks',
      pair.private.replaceAll('\n', '\\n'),
      'lost its line breaks',
    ],
    ['PKCS#8', String(pkcs8), 'is in the PKCS#8 format'],
    ['a damaged key', damaged, 'is damaged'],
  ])('%s', (_name, text, problem) => {
    let error: unknown;
    try {
      readPrivateKey(text);
    } catch (thrown) {
      error = thrown;
    }
    expect(error).toMatchObject({
      message: expect.stringContaining(problem),
      hint: expect.stringMatching(/./),
      fault: 'user',
      verdict: 'refused',
    });
  });

  test('and never shown', () => {
    const secret = pair.private.split('\n')[2] ?? '';
    for (const text of [pair.private.slice(0, 300), pair.private.replaceAll('\n', ' '), damaged]) {
      try {
        readPrivateKey(text);
        throw new Error('it was read');
      } catch (thrown) {
        expect(JSON.stringify(thrown, Object.getOwnPropertyNames(thrown))).not.toContain(secret);
      }
    }
  });
});

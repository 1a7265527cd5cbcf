import { createHmac } from 'node:crypto';
import { describe, expect, test } from '@jest/globals';
import ssh2 from 'ssh2';
import { readPins } from '../../../src/platform/ssh/known-hosts';
import { judgeHostKey } from '../../../src/platform/ssh/ssh-host-keys';
import { fingerprintOf } from '../../../src/platform/ssh/public-key';

const make = (type: 'ed25519' | 'ecdsa' | 'rsa', bits?: number) => {
  const options = bits === undefined ? {} : { bits };
  const line = ssh2.utils.generateKeyPairSync(type as 'ecdsa', options as { bits: 256 }).public;
  return { line, key: Buffer.from(line.split(' ')[1] ?? '', 'base64') };
};
const mine = make('ed25519');
const ecdsa = make('ecdsa', 256);
const stranger = make('ed25519');

const hashed = (name: string) => {
  const salt = Buffer.from('0123456789abcdefghij');
  const hash = createHmac('sha1', salt).update(name).digest('base64');
  return `|1|${salt.toString('base64')}|${hash}`;
};

const judge = (lines: string[], key = mine.key, host = 'app.example.com', port = 22) =>
  judgeHostKey(readPins(lines, { host, port }), key);

describe('a line counts for', () => {
  test.each<[string, string, string, number, boolean]>([
    ['its host', 'app.example.com', 'app.example.com', 22, true],
    ['its host in any case', 'App.Example.com', 'app.example.com', 22, true],
    ['not another host', 'app.example.com', 'db.example.com', 22, false],
    ['not a longer name', 'example.com', 'app.example.com', 22, false],
    ['not where a dot is another letter', 'app.example.com', 'appxexample.com', 22, false],
    ['one of several names', 'a.example.com,app.example.com', 'app.example.com', 22, true],
    ['a pattern', '*.example.com', 'app.example.com', 22, true],
    ['one letter', 'app?.example.com', 'app1.example.com', 22, true],
    [
      'not what a pattern leaves out',
      '*.example.com,!app.example.com',
      'app.example.com',
      22,
      false,
    ],
    ['its port', '[app.example.com]:2222', 'app.example.com', 2222, true],
    ['not another port', '[app.example.com]:2222', 'app.example.com', 22, false],
    ['any port when it names none', 'app.example.com', 'app.example.com', 2222, true],
    ['a hashed name', hashed('app.example.com'), 'app.example.com', 22, true],
    [
      'a hashed name with its port',
      hashed('[app.example.com]:2222'),
      'app.example.com',
      2222,
      true,
    ],
    ['not another hashed name', hashed('db.example.com'), 'app.example.com', 22, false],
    ['an IPv6 address', '::1', '::1', 22, true],
    ['an IPv6 address with its port', '[::1]:2222', '::1', 2222, true],
  ])('%s', (_name, field, host, port, counts) => {
    const read = () => judge([`${field} ${mine.line}`], mine.key, host, port);
    if (counts) expect(read()).toBe('trusted');
    else expect(read).toThrow(/is for/);
  });

  test('its own port before the bare name, as OpenSSH has it', () => {
    const lines = [`[h]:2222 ${stranger.line}`, `h ${mine.line}`];
    expect(judge(lines, mine.key, 'h', 2222)).toBe('unknown');
    expect(judge(lines, stranger.key, 'h', 2222)).toBe('trusted');
    expect(judge(lines, mine.key, 'h', 22)).toBe('trusted');
  });

  test('every host when it names none', () => {
    expect(judge([mine.line])).toBe('trusted');
    expect(judge([fingerprintOf(mine.key)])).toBe('trusted');
    expect(judge([`${fingerprintOf(mine.key)}=`])).toBe('trusted');
    expect(judge([`256 ${fingerprintOf(mine.key)} root@app (ED25519)`])).toBe('trusted');
  });

  test('one host when a fingerprint stands after it', () => {
    expect(judge([`app.example.com ${fingerprintOf(mine.key)}`])).toBe('trusted');
    expect(() => judge([`db.example.com ${fingerprintOf(mine.key)}`])).toThrow(/is for/);
  });
});

describe('a key is', () => {
  test('unknown when it is not the pinned one', () => {
    expect(judge([mine.line], stranger.key)).toBe('unknown');
    expect(judge([fingerprintOf(mine.key)], stranger.key)).toBe('unknown');
    expect(judge([mine.line], mine.key.subarray(0, -1))).toBe('unknown');
    expect(judge([mine.line], Buffer.alloc(0))).toBe('unknown');
  });

  test('revoked even where it is pinned too, on any port', () => {
    const lines = [mine.line, ecdsa.line, `@revoked * ${mine.line}`];
    expect(judge(lines)).toBe('revoked');
    expect(judge(lines, mine.key, 'h', 2222)).toBe('revoked');
    expect(judge(lines, ecdsa.key)).toBe('trusted');
  });
});

describe('the types asked for', () => {
  const typesOf = (...lines: string[]) => readPins(lines, { host: 'h', port: 22 }).types;

  test('are those of the pinned keys', () => {
    expect(typesOf(ecdsa.line)).toEqual(['ecdsa-sha2-nistp256']);
    expect(typesOf(ecdsa.line, mine.line)).toEqual(['ssh-ed25519', 'ecdsa-sha2-nistp256']);
    expect(typesOf(`256 ${fingerprintOf(mine.key)} x (ED25519)`)).toEqual(['ssh-ed25519']);
  });

  test('are all modern ones for a bare fingerprint, and never DSA', () => {
    expect(typesOf(fingerprintOf(mine.key))).toHaveLength(5);
    expect(typesOf(fingerprintOf(mine.key))).not.toContain('ssh-dss');
  });
});

describe('a line is refused, with a hint how to read the key on the server, when it', () => {
  test.each([
    ['is neither form', 'hello world'],
    ['is an MD5 fingerprint', 'MD5:16:27:ac:a5:76:28:2d:36:63:1b:56:4d:eb:df:a6:48'],
    ['has a cut key', `h ${mine.line.slice(0, 20)}`],
    ['says another type than its key has', `h ssh-rsa ${mine.line.split(' ')[1] ?? ''}`],
    ['is of a private key', '-----BEGIN OPENSSH PRIVATE KEY-----'],
    ['is a bare MD5 fingerprint', '16:27:ac:a5:76:28:2d:36:63:1b:56:4d:eb:df:a6:48'],
    ['is about a fingerprint that is too short', 'SHA256:abc'],
    ['is of a certificate', 'h ssh-ed25519-cert-v01@openssh.com AAAAIHNzaC1lZDI1NTE5'],
  ])('%s', (_name, line) => {
    expect(() => readPins([line], { host: 'h', port: 22 })).toThrow(
      expect.objectContaining({
        verdict: 'refused',
        message: expect.stringContaining('cannot be read'),
        hint: expect.stringContaining('ssh-keygen -lf'),
      }),
    );
  });

  test('is not shown where it may be a part of a secret', () => {
    for (const line of [
      'b3BlbnNzaC1rZXktdjEAAAAABG5vbmUAAAAEbm9uZQ',
      '-----BEGIN x',
      'h\tnonsense',
    ]) {
      expect(() => readPins([mine.line, line], { host: 'h', port: 22 })).toThrow(
        line.startsWith('h')
          ? 'Line 2 of known-hosts, "h …", cannot'
          : /^Line 2 of known-hosts cannot/,
      );
    }
  });

  test('has only a type that is no longer safe', () => {
    const dss = Buffer.concat([
      Buffer.from([0, 0, 0, 7]),
      Buffer.from('ssh-dss'),
      Buffer.alloc(20),
    ]);
    expect(() =>
      readPins([`h ssh-dss ${dss.toString('base64')}`], { host: 'h', port: 22 }),
    ).toThrow(/not safe|no longer/);
  });
});

describe('a certificate authority', () => {
  const authority = `@cert-authority *.example.com ${stranger.line}`;

  test('is left out where the key is pinned, too', () => {
    expect(judge([authority, `app.example.com ${mine.line}`])).toBe('trusted');
    expect(judge([authority, `app.example.com ${mine.line}`], stranger.key)).toBe('unknown');
  });

  test('is refused where nothing else is pinned', () => {
    expect(() => judge([authority])).toThrow(/certificates of hosts are not supported/);
    expect(() => judge([authority], mine.key, 'app.example.org')).toThrow(
      /is for app\.example\.org/,
    );
  });
});

describe('on the way through a jump host', () => {
  const read = (lines: string[]) =>
    readPins(lines, { host: 'app.example.com', port: 2222 }, { named: true });

  test.each([
    ['a fingerprint', fingerprintOf(mine.key)],
    ['what ssh-keygen prints', `256 ${fingerprintOf(mine.key)} root@app (ED25519)`],
    ['a .pub line', mine.line],
  ])('%s must say whose it is', (_name, line) => {
    expect(() => read([line, `[app.example.com]:2222 ${mine.line}`])).toThrow(
      expect.objectContaining({
        message: expect.stringContaining('does not say whose it is'),
        hint: expect.stringContaining('[app.example.com]:2222 SHA256:'),
        verdict: 'refused',
      }),
    );
    expect(judgeHostKey(read([`app.example.com ${line.replace(/^256 /, '')}`]), mine.key)).toBe(
      'trusted',
    );
  });
});

test('literal line breaks separate lines', () => {
  expect(judge([`db.example.com ${stranger.line}\\napp.example.com ${mine.line}`])).toBe('trusted');
});

test('a nameless line does not hide the line of a bare name on another port', () => {
  const lines = [fingerprintOf(stranger.key), `h ${mine.line}`];
  expect(judge(lines, mine.key, 'h', 2222)).toBe('trusted');
  expect(judge(lines, stranger.key, 'h', 2222)).toBe('trusted');
});

test('an IPv6 address is looked up in its shortest form, as OpenSSH writes it', () => {
  expect(judge([`2001:db8::1 ${mine.line}`], mine.key, '2001:DB8:0::0:1')).toBe('trusted');
  expect(judge([`[2001:db8::1]:2222 ${mine.line}`], mine.key, '2001:DB8:0::0:1', 2222)).toBe(
    'trusted',
  );
});

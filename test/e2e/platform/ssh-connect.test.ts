import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import type { SshOptions } from '../../../src/platform/ssh-route';
import { connectSsh } from '../../../src/platform/ssh-host';
import { freePort } from '../../support/free-port';
import { LoopbackSshd } from '../../support/loopback-sshd';
import type { HostKeyType } from '../../support/loopback-sshd';
import { refusedConnection as refusal } from '../../support/refused-connection';

const all: readonly HostKeyType[] = ['ed25519', 'ecdsa', 'rsa'];
let sshd: LoopbackSshd;
let other: LoopbackSshd;
beforeAll(async () => {
  sshd = await LoopbackSshd.start({ hostKeys: all });
  other = await LoopbackSshd.start({ hostKeys: all });
});
afterAll(async () => {
  await sshd.stop();
  await other.stop();
});

const optionsFor = (knownHosts: readonly string[], more: Partial<SshOptions> = {}): SshOptions => ({
  destination: sshd.destination,
  privateKey: sshd.userKey,
  knownHosts,
  ...more,
});

async function worksWith(options: SshOptions) {
  const host = await connectSsh(options);
  expect((await host.exec(['echo', 'in'])).stdout).toBe('in\n');
  await host.close();
}

describe('a pinned host key lets us in', () => {
  test.each(all)('as a known_hosts line of type %s alone', async (type) => {
    await worksWith(optionsFor([sshd.knownHostsLine(type)]));
  });

  test.each(all)('as a bare fingerprint of type %s alone', async (type) => {
    await worksWith(optionsFor([sshd.fingerprint(type)]));
  });

  test.each(all)('as ssh-keygen prints it, type %s', async (type) => {
    await worksWith(optionsFor([sshd.printed(type)]));
  });

  test('as a .pub line, as a hashed name, as a line for the bare host', async () => {
    await worksWith(optionsFor([sshd.publicKey('ed25519')]));
    const file = join(sshd.folder, 'hashed');
    writeFileSync(file, `${sshd.knownHostsLine('rsa')}\n`);
    execFileSync('ssh-keygen', ['-H', '-f', file], { stdio: 'ignore' });
    const hashed = readFileSync(file, 'utf8');
    expect(hashed).toMatch(/^\|1\|/);
    await worksWith(optionsFor([hashed]));
    await worksWith(optionsFor([`127.0.0.1 ${sshd.publicKey('ecdsa')}`]));
  });

  test('among several fingerprints, whatever type the server shows first', async () => {
    await worksWith(optionsFor([other.fingerprint('ed25519'), sshd.fingerprint('rsa')]));
  });
});

describe('the server is refused before any login', () => {
  const loginsOf = () => sshd.log.match(/Accepted publickey|Failed publickey/g)?.length ?? 0;

  test.each<[string, () => string[], RegExp]>([
    ['nothing is pinned', () => [], /No host key is pinned/],
    ['only comments are given', () => ['# none', ''], /No host key is pinned/],
    [
      'the pins are for other hosts',
      () => [`example.com ${sshd.publicKey('rsa')}`],
      /is for \[127\.0\.0\.1\]:/,
    ],
    [
      'its key is another',
      () => [other.fingerprint('ed25519')],
      /not the pinned one: got SHA256:\S+ \(ssh-ed25519\).*expected SHA256:/,
    ],
    [
      'its key of the pinned type is another',
      () => [`127.0.0.1 ${other.publicKey('ecdsa')}`],
      /got SHA256:\S+ \(ecdsa-sha2-nistp256\), expected/,
    ],
    [
      'its key is revoked',
      () => [sshd.fingerprint('ed25519'), `@revoked * ${sshd.publicKey('ed25519')}`],
      /marked @revoked/,
    ],
    ['a line cannot be read', () => ['example.com nonsense'], /Line 1 .* cannot be read/],
  ])('when %s', async (_name, pins, message) => {
    const before = loginsOf();
    const start = performance.now();
    const error = await refusal(optionsFor(pins()));
    expect(error).toMatchObject({
      fault: 'user',
      verdict: 'refused',
      message: expect.stringMatching(message),
    });
    expect(error.hint).toMatch(/ssh-keygen -lf \/etc\/ssh\/ssh_host_\w+_key\.pub|Do not trust/);
    expect(performance.now() - start).toBeLessThan(3_000);
    expect(loginsOf()).toBe(before);
  });

  test('when it has no key of the pinned type', async () => {
    const single = await LoopbackSshd.start({ hostKeys: ['rsa'] });
    const pins = [`[127.0.0.1]:${single.port} ${sshd.publicKey('ed25519')}`];
    const error = await refusal(optionsFor(pins, { destination: single.destination }));
    await single.stop();
    expect(error.message).toContain('are of the type ssh-ed25519, and it has none');
  });

  test.each([
    ['host keys signed with SHA-1', ['HostKeyAlgorithms ssh-rsa'], /it has none of that type/],
    ['CBC', ['Ciphers aes128-cbc,3des-cbc'], /no longer safe/],
    [
      'SHA-1 MACs',
      ['MACs hmac-sha1,hmac-sha1-etm@openssh.com', 'Ciphers aes128-ctr'],
      /no longer safe/,
    ],
    ['SHA-1 key exchange', ['KexAlgorithms diffie-hellman-group14-sha1'], /no longer safe/],
  ])('when it knows only %s', async (_name, config, message) => {
    const old = await LoopbackSshd.start({ hostKeys: ['rsa'], config });
    const error = await refusal({
      destination: old.destination,
      privateKey: old.userKey,
      knownHosts: [old.publicKey('rsa')],
    });
    await old.stop();
    expect(error.message).toMatch(message);
  });
});

describe('logging in', () => {
  const pinned = () => [sshd.fingerprint('ed25519')];

  test('works with RSA, ECDSA and encrypted keys, and with Windows line ends and no last one', async () => {
    const authorized = join(sshd.folder, 'authorized_keys');
    for (const [name, args] of [
      ['rsa', ['-t', 'rsa', '-b', '3072']],
      ['pem', ['-t', 'rsa', '-m', 'PEM']],
      ['ecdsa', ['-t', 'ecdsa']],
    ] as const) {
      const key = sshd.makeKey(name, args);
      writeFileSync(authorized, readFileSync(`${join(sshd.folder, name)}.pub`), { flag: 'a' });
      await worksWith(optionsFor(pinned(), { privateKey: key.trimEnd().replaceAll('\n', '\r\n') }));
    }
    const encrypted = sshd.makeKey('encrypted', ['-t', 'ed25519', '-N', 'open sesame']);
    writeFileSync(authorized, readFileSync(join(sshd.folder, 'encrypted.pub')), { flag: 'a' });
    await worksWith(optionsFor(pinned(), { privateKey: encrypted, passphrase: 'open sesame' }));
  });

  test('works with an agent, which is not forwarded', async () => {
    const socket = join(sshd.folder, 'agent');
    const agent = spawn('ssh-agent', ['-D', '-a', socket], { stdio: ['ignore', 'pipe', 'ignore'] });
    await once(agent.stdout, 'data');
    const env = { ...process.env, SSH_AUTH_SOCK: socket };
    const empty = await refusal(
      optionsFor(pinned(), { privateKey: undefined, agentSocket: socket }),
    );
    expect(empty.message).toContain('the SSH agent holds no key');
    execFileSync('ssh-add', ['-q', join(sshd.folder, 'user')], { env });
    await worksWith(optionsFor(pinned(), { privateKey: undefined, agentSocket: socket }));
    agent.kill();
    await once(agent, 'exit');
  });

  test('without key and agent is refused', async () => {
    const error = await refusal(optionsFor(pinned(), { privateKey: ' \n' }));
    expect(error.message).toContain('no SSH key to log in with');
  });

  test('with a dead agent is refused', async () => {
    const more = { privateKey: undefined, agentSocket: '/nonexistent/agent' };
    const error = await refusal(optionsFor(pinned(), more));
    expect(error.message).toContain('agent');
  });

  test('with another key names user and key', async () => {
    const privateKey = sshd.makeKey('stranger', ['-t', 'ed25519']);
    const printed = execFileSync('ssh-keygen', [
      '-lf',
      join(sshd.folder, 'stranger.pub'),
    ]).toString();
    const error = await refusal(optionsFor(pinned(), { privateKey }));
    expect(error.message).toContain(`User "${sshd.user}" is not let in`);
    expect(error.message).toContain(printed.split(' ')[1]);
    expect(error).toMatchObject({ fault: 'user', verdict: 'refused' });
  });

  test('as an unknown user names it', async () => {
    const destination = { ...sshd.destination, user: 'nobody-here' };
    expect((await refusal(optionsFor(pinned(), { destination }))).message).toContain(
      '"nobody-here"',
    );
  });
});

describe('a server that cannot be reached', () => {
  const at = (host: string, port: number) =>
    optionsFor([sshd.fingerprint('ed25519')], {
      destination: { user: 'root', host, port },
      readyTimeoutMs: 500,
    });

  test('by name', async () => {
    expect(await refusal(at('no-such-host.invalid', 22))).toMatchObject({
      reason: 'unreachable',
      outcome: 'none',
      message: expect.stringMatching(/its name (is not known|could not be looked up)/),
    });
  });

  test('because nothing listens', async () => {
    const error = await refusal(at('127.0.0.1', await freePort()));
    expect(error).toMatchObject({
      reason: 'unreachable',
      message: expect.stringContaining('nothing listens'),
    });
  });

  test('because it never answers', async () => {
    const silent = createServer().listen(0, '127.0.0.1');
    await once(silent, 'listening');
    const { port } = silent.address() as { port: number };
    const error = await refusal(at('127.0.0.1', port));
    silent.close();
    expect(error).toMatchObject({
      reason: 'unreachable',
      message: expect.stringContaining('does not answer'),
    });
  });

  test.each([
    ['speaks another protocol', 'HTTP/1.1 400 Bad Request\r\n\r\n'],
    ['hangs up', ''],
  ])('because it %s', async (_name, greeting) => {
    const server = createServer((socket) => socket.end(greeting)).listen(0, '127.0.0.1');
    await once(server, 'listening');
    const { port } = server.address() as { port: number };
    const error = await refusal(at('127.0.0.1', port));
    server.close();
    expect(error).toMatchObject({ reason: 'unreachable', fault: 'remote' });
    expect(error.hint).toContain('SSH port');
  });
});

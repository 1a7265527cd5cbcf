import { execFileSync } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync, writeFileSync } from 'node:fs';
import { connect, createServer } from 'node:net';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import type { SshOptions } from '../../../src/platform/ssh/ssh-route';
import { connectSsh } from '../../../src/platform/ssh/ssh-host';
import { parseHostAddress } from '../../../src/config/host-address';
import { startAgent } from '../../support/ssh-agent';
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

  const authorize = (name: string) => {
    sshd.authorize(readFileSync(`${join(sshd.folder, name)}.pub`, 'utf8').trim());
  };

  test.each<[string, string[]]>([
    ['RSA of 2048 bits', ['-t', 'rsa', '-b', '2048']],
    ['ECDSA 256', ['-t', 'ecdsa', '-b', '256']],
    ['ECDSA 384 in PKCS#8', ['-t', 'ecdsa', '-b', '384', '-m', 'PKCS8']],
    ['ECDSA 521 in PEM', ['-t', 'ecdsa', '-b', '521', '-m', 'PEM']],
    ['Ed25519 with a passphrase', ['-t', 'ed25519', '-N', 'open sesame']],
    [
      'RSA in PKCS#8 with a passphrase',
      ['-t', 'rsa', '-b', '2048', '-m', 'PKCS8', '-N', 'open sesame'],
    ],
  ])('works with %s, also after what secrets do to it', async (name, args) => {
    const file = name.replaceAll(/\W+/g, '-');
    const key = sshd.makeKey(file, args);
    authorize(file);
    const passphrase = args.includes('-N') ? 'open sesame' : undefined;
    const windows = key.trimEnd().replaceAll('\n', '\r\n');
    const privateKey = Buffer.from(windows).toString('base64');
    await worksWith(optionsFor(pinned(), { privateKey, passphrase }));
  });

  test('with an RSA key, where only SHA-1 signatures are accepted, says that they are never made', async () => {
    const old = await LoopbackSshd.start({ config: ['PubkeyAcceptedAlgorithms ssh-rsa'] });
    const privateKey = old.makeKey('rsa', ['-t', 'rsa', '-b', '2048']);
    old.authorize(readFileSync(join(old.folder, 'rsa.pub'), 'utf8').trim());
    const knownHosts = [old.publicKey('ed25519')];
    const error = await refusal({ destination: old.destination, knownHosts, privateKey });
    await old.stop();
    expect(error.message).toMatch(/is not let in .* with the key SHA256:\S+ \(ssh-rsa\)/);
    expect(error.hint).toMatch(/RSA keys sign with SHA-2 only.*Ed25519/);
  });

  test('works with an agent, which is not forwarded', async () => {
    const agent = await startAgent(sshd.folder, []);
    const options = optionsFor(pinned(), { privateKey: undefined, agentSocket: agent.socket });
    const empty = await refusal(options);
    expect(empty.message).toContain('the SSH agent holds no key');
    sshd.makeKey('unknown', ['-t', 'ed25519']);
    agent.add('unknown');
    const unknown = await refusal(options);
    expect(unknown.message).toMatch(
      /is not let in .* with the SSH agent's key SHA256:\S+ \(ssh-ed25519\)/,
    );
    agent.add('user');
    await worksWith(options);
    await agent.stop();
    const dead = await refusal(options);
    expect(dead.message).toContain('The SSH agent cannot be used');
    await worksWith(optionsFor(pinned(), { agentSocket: agent.socket }));
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

test('an IPv6 address works, with its port', async () => {
  const six = await LoopbackSshd.start({ host: '::1' });
  const address = parseHostAddress(`${six.user}@[::1]:${six.port}`);
  expect(address).toEqual(six.destination);
  const knownHosts = [`[::1]:${six.port} ${six.publicKey('ed25519')}`];
  await worksWith({ destination: six.destination, privateKey: six.userKey, knownHosts });
  const error = await refusal({
    destination: { ...six.destination, port: await freePort() },
    privateKey: six.userKey,
    knownHosts: [six.publicKey('ed25519')],
  });
  await six.stop();
  expect(error.message).toMatch(/Cannot connect to \S+@\[::1\]:\d+: nothing listens/);
});

describe('an sshd that takes no more connections for now (MaxStartups)', () => {
  let full: LoopbackSshd;
  beforeAll(async () => {
    full = await LoopbackSshd.start({ config: ['MaxStartups 1'] });
  });
  afterAll(() => full.stop());
  const options = (): SshOptions => ({
    destination: full.destination,
    privateKey: full.userKey,
    knownHosts: full.knownHostsLine('ed25519').split('\n'),
  });
  /** Somebody else who has connected and not logged in yet. */
  const occupy = async () => {
    const socket = connect(full.port, full.host);
    await once(socket, 'data');
    return socket;
  };

  test('is asked again', async () => {
    const somebody = await occupy();
    setTimeout(() => somebody.destroy(), 300);
    await worksWith(options());
    expect(full.log).toMatch(/drop connection|MaxStartups/);
  });

  test('and is named when it stays so', async () => {
    const somebody = await occupy();
    const error = await refusal(options());
    somebody.destroy();
    expect(error).toMatchObject({ reason: 'unreachable', outcome: 'none' });
    expect(error.message).toContain('it broke the connection off');
    expect(error.hint).toContain('MaxStartups');
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

import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { connectSsh } from '../../../src/platform/ssh/ssh-host';
import type { SshOptions } from '../../../src/platform/ssh/ssh-route';
import { freePort } from '../../support/free-port';
import { LoopbackSshd } from '../../support/loopback-sshd';
import { refusedConnection as failing } from '../../support/refused-connection';

let bastion: LoopbackSshd;
let second: LoopbackSshd;
let app: LoopbackSshd;
beforeAll(async () => {
  app = await LoopbackSshd.start();
  [bastion, second] = [await LoopbackSshd.start(), await LoopbackSshd.start()];
  for (const jump of [bastion, second]) jump.authorize(publicKeyOf(app));
});
afterAll(() => Promise.all([bastion, second, app].map((sshd) => sshd.stop())));

const publicKeyOf = (sshd: LoopbackSshd) =>
  readFileSync(join(sshd.folder, 'user.pub'), 'utf8').trim();
const loginsAt = ({ log }: LoopbackSshd) => log.split('Accepted publickey').length;
const pinsOf = (...servers: LoopbackSshd[]) =>
  servers.map((sshd) => sshd.knownHostsLine('ed25519'));

const through = (jumps: readonly LoopbackSshd[], more: Partial<SshOptions> = {}): SshOptions => ({
  destination: app.destination,
  jumps: jumps.map(({ destination }) => destination),
  privateKey: app.userKey,
  knownHosts: pinsOf(...jumps, app),
  ...more,
});

describe('through jump hosts', () => {
  test.each<[string, () => LoopbackSshd[]]>([
    ['one', () => [bastion]],
    ['two', () => [bastion, second]],
  ])(
    '%s: commands run on the server, over connections that each hop has seen',
    async (_name, jumps) => {
      const hops = [...jumps(), app];
      const before = hops.map(loginsAt);
      const host = await connectSsh(through(jumps()));
      const { stdout } = await host.exec(['sh', '-c', 'echo "$SSH_CONNECTION"']);
      expect(stdout.trim()).toMatch(new RegExp(`127\\.0\\.0\\.1 ${app.port}$`));
      expect(hops.map(loginsAt)).toEqual(before.map((count) => count + 1));
      const big = await host.exec(['wc', '-c'], { stdin: 'x'.repeat(3_000_000) });
      expect(big.stdout.trim()).toBe('3000000');
      await host.close();
      await expect(host.exec(['true'])).rejects.toMatchObject({ outcome: 'none' });
    },
  );

  test('with a key of its own for them', async () => {
    const options = through([bastion], { knownHosts: pinsOf(bastion, app) });
    const own = { jumpIdentity: { privateKey: bastion.userKey, input: 'proxy-jump-key' } };
    const host = await connectSsh({ ...options, ...own });
    expect((await host.exec(['echo', 'in'])).stdout).toBe('in\n');
    await host.close();
  });

  test('a jump host that is gone leaves the outcome unknown, at once', async () => {
    const host = await connectSsh(through([bastion]));
    const running = host.exec(['sleep', '20']).catch((thrown: unknown) => thrown);
    const start = performance.now();
    bastion.dropConnections();
    expect(await running).toMatchObject({ reason: 'lost', outcome: 'unknown' });
    expect(performance.now() - start).toBeLessThan(5_000);
    await host.close();
    const again = await connectSsh(through([bastion]));
    expect((await again.exec(['echo', 'back'])).stdout).toBe('back\n');
    await again.close();
  });
});

describe('the hop that does not let us through is named:', () => {
  test('its host key is not pinned, and how to read it there', async () => {
    const error = await failing(through([bastion], { knownHosts: pinsOf(app) }));
    expect(error.message).toContain(`is for [127.0.0.1]:${bastion.port}`);
    expect(error.hint).toContain(`[127.0.0.1]:${bastion.port} SHA256:`);
    expect(error).toMatchObject({ fault: 'user', verdict: 'refused' });
  });

  test('its host key is another', async () => {
    const wrong = `[127.0.0.1]:${bastion.port} ${second.publicKey('ed25519')}`;
    const error = await failing(through([bastion], { knownHosts: [wrong, ...pinsOf(app)] }));
    expect(error.message).toContain(
      `The host key of the jump host ${bastion.user}@127.0.0.1:${bastion.port}`,
    );
    expect(error.message).toContain(bastion.fingerprint('ed25519'));
  });

  test("the server's host key is another, seen through the jump host", async () => {
    const wrong = `[127.0.0.1]:${app.port} ${second.publicKey('ed25519')}`;
    const error = await failing(through([bastion], { knownHosts: [wrong, ...pinsOf(bastion)] }));
    expect(error.message).toContain(
      `The host key of ${app.user}@127.0.0.1:${app.port} (through ${bastion.user}@`,
    );
    expect(error.message).toContain(app.fingerprint('ed25519'));
  });

  test('pins that name nobody, and a bad key, all at once', async () => {
    const knownHosts = [bastion.fingerprint('ed25519')];
    const error = await failing(through([bastion], { knownHosts, privateKey: 'nonsense' }));
    expect(error.message).toMatch(
      /private key in ssh-key is no private key.*\n.*does not say whose it is/s,
    );
    expect(error.hint).toContain(`[127.0.0.1]:${bastion.port} SHA256:`);
    expect(error.hint).toContain(`[127.0.0.1]:${app.port} SHA256:`);
  });

  test('it lets nobody in with that key', async () => {
    const error = await failing(through([bastion], { privateKey: second.userKey }));
    expect(error.message).toContain(
      `is not let in by the jump host ${bastion.user}@127.0.0.1:${bastion.port}`,
    );
  });

  test('nothing listens there', async () => {
    const destination = { ...bastion.destination, port: await freePort() };
    const knownHosts = [`127.0.0.1 ${bastion.publicKey('ed25519')}`, ...pinsOf(app)];
    const error = await failing(through([], { jumps: [destination], knownHosts }));
    expect(error).toMatchObject({
      reason: 'unreachable',
      message: `Cannot connect to the jump host ${app.user}@127.0.0.1:${destination.port}: nothing listens on that port`,
    });
  });

  test.each<[string, Partial<SshOptions['destination']>, RegExp]>([
    ['nothing listens there', { port: 1 }, /nothing listens on that port/],
    [
      'its name is not known there',
      { host: 'no-such-host.invalid' },
      /its name is not known there|name resolution/,
    ],
  ])('it was reached, but not the server from there: %s', async (_name, wrong, problem) => {
    const destination = { ...app.destination, ...wrong };
    const knownHosts = [...pinsOf(bastion), `${destination.host} ${app.publicKey('ed25519')}`];
    const error = await failing(through([bastion], { destination, knownHosts }));
    expect(error).toMatchObject({ reason: 'unreachable', outcome: 'none', fault: 'remote' });
    expect(error.message).toContain(
      `${bastion.user}@127.0.0.1:${bastion.port} was reached, but not ${destination.host}:${destination.port} from there`,
    );
    expect(error.message).toMatch(problem);
  });

  test('a server behind it that never answers', async () => {
    const silent = createServer().listen(0, '127.0.0.1');
    await once(silent, 'listening');
    const { port } = silent.address() as { port: number };
    const destination = { ...app.destination, port };
    const knownHosts = [...pinsOf(bastion), `127.0.0.1 ${app.publicKey('ed25519')}`];
    const error = await failing(
      through([bastion], { destination, knownHosts, readyTimeoutMs: 1_500 }),
    );
    silent.close();
    expect(error.message).toMatch(
      /was reached, but not 127\.0\.0\.1:\d+ from there: it does not answer/,
    );
  });

  test.each<[string, string[]]>([
    ['AllowTcpForwarding no', ['AllowTcpForwarding no']],
    ['DisableForwarding', ['DisableForwarding yes']],
    ['PermitOpen of another server', ['PermitOpen 127.0.0.1:1']],
  ])('it forwards nothing: %s', async (_name, config) => {
    const closed = await LoopbackSshd.start({ config });
    closed.authorize(publicKeyOf(app));
    const error = await failing(through([closed]));
    await closed.stop();
    expect(error.message).toBe(
      `The jump host ${closed.user}@127.0.0.1:${closed.port} lets us in, but forwards no connection to 127.0.0.1:${app.port}`,
    );
    expect(error.hint).toMatch(/allowtcpforwarding yes.*permitopen.*port-forwarding/);
    expect(error).toMatchObject({ fault: 'user', verdict: 'refused' });
  });

  test('it forwards nothing for a key with "restrict"', async () => {
    const closed = await LoopbackSshd.start();
    closed.authorize(publicKeyOf(app), 'restrict');
    const error = await failing(through([closed]));
    await closed.stop();
    expect(error.message).toContain('lets us in, but forwards no connection');
  });

  test('a key that may do nothing but forward is enough', async () => {
    const narrow = await LoopbackSshd.start();
    const options = `restrict,port-forwarding,permitopen="127.0.0.1:${app.port}",command="false"`;
    narrow.authorize(publicKeyOf(app), options);
    const host = await connectSsh(through([narrow]));
    expect((await host.exec(['echo', 'in'])).stdout).toBe('in\n');
    await host.close();
    await narrow.stop();
  });
});

import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { unsettled } from '../../support/release/settled';
import { openSite, type Site } from '../../support/release/site';
import { letVisitorsIn, type Visitors } from '../../support/release/visitors';
import type { Server } from '../../support/server';

let site: Site<'v1' | 'v2' | 'v3'>;
let bastion: Server;
let visitors: Visitors;
/** The server under the name that only the jump host can look up. */
let inputs: Readonly<Record<string, string>>;

beforeAll(async () => {
  site = await openSite({
    name: 'behind',
    versions: { v1: {}, v2: {}, v3: {} },
    config: { bake: '2s' },
  });
  bastion = await site.environment.startServer({ name: 'bastion', ports: [] });
  const inside = site.server.container;
  const proxyJump = `deploy@127.0.0.1:${bastion.sshPort}`;
  await site.configure({
    bake: '2s',
    environments: { production: { hosts: `deploy@${inside}`, 'proxy-jump': proxyJump } },
  });
  const knownHosts = (await bastion.knownHosts()) + (await site.server.knownHosts(inside, 22));
  inputs = { hosts: '', 'known-hosts': knownHosts };
  const others = ['-p', 'tcp', '--dport', '22', '!', '-s', await bastion.address()];
  await site.server.exec(['iptables', '-I', 'INPUT', ...others, '-j', 'DROP']);
}, 600_000);

afterAll(async () => {
  await visitors.stop();
  await site.close();
});

/** Puts a line in front of all others of an sshd's configuration; null takes it away. */
async function configure(server: Server, line: string | null) {
  const file = '/etc/ssh/sshd_config.d/0-test.conf';
  await server.writeFile(file, `${line ?? ''}\n`);
  await server.exec(['pkill', '-HUP', '-o', '-x', 'sshd']);
}

test('a server that only the jump host reaches is released to through it', async () => {
  expect(await site.deploy('v1', inputs)).toMatchObject({
    exitCode: 0,
    outputs: { verdict: 'deployed', release: '1-v1' },
  });
  expect(await unsettled(site, 'v1')).toEqual([]);
  const logins =
    (await site.server.sshLog()).match(/Accepted publickey for deploy from \S+/g) ?? [];
  const from = await bastion.address();
  expect(logins.length).toBeGreaterThan(0);
  expect(new Set(logins)).toEqual(new Set([`Accepted publickey for deploy from ${from}`]));
  visitors = await letVisitorsIn(site);
});

test('every connection to the jump host is dropped after the go: the action comes back through it and follows on', async () => {
  const run = site.startDeploy('v2', inputs);
  await run.seen(/^▸ bake/);
  await bastion.dropSshConnections();
  const result = await run.done;
  expect(result).toMatchObject({ exitCode: 0, outputs: { verdict: 'deployed', release: '2-v2' } });
  expect(result.log).toMatch(/connection is lost, the server goes on by itself/);
  expect(await unsettled(site, 'v2')).toEqual([]);
  expect(await visitors.failures()).toEqual([]);
});

test('what keeps a release from starting is told, and nothing is touched', async () => {
  await configure(bastion, 'AllowTcpForwarding no');
  const refusals: readonly (readonly [Readonly<Record<string, string>>, string])[] = [
    [inputs, 'lets us in, but forwards no connection to'],
    [{ ...inputs, 'known-hosts': await bastion.knownHosts() }, 'lines of known-hosts is for'],
    [{ ...inputs, 'ssh-key': 'nonsense' }, 'The private key in ssh-key is no private key'],
  ];
  for (const [given, problem] of refusals) {
    const result = await site.deploy('v3', given);
    expect(result).toMatchObject({ exitCode: 3, outputs: { verdict: 'refused' } });
    expect(result.log).toContain(problem);
  }
  await configure(bastion, null);
  expect(await unsettled(site, 'v2')).toEqual([]);
});

test('a server that allows one session a connection is released to over several', async () => {
  await configure(site.server, 'MaxSessions 1');
  const result = await site.deploy('v3', inputs);
  expect(result).toMatchObject({ exitCode: 0, outputs: { verdict: 'deployed', release: '3-v3' } });
  expect(await unsettled(site, 'v3')).toEqual([]);
  expect(await visitors.failures()).toEqual([]);
});

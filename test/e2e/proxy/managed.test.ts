import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { connect } from 'node:tls';
import { visitThrough, whole } from '../../support/long-visits';
import { answerAfterMove } from '../../support/moved-container';
import { snapshot } from '../../support/release/facts';
import { letVisitorsIn } from '../../support/release/visitors';
import { stallEngine } from '../../support/stalled-engine';
import { ask, openManagedStand, type ManagedStand } from './managed-stand';

let stand: ManagedStand;

beforeAll(async () => {
  stand = await openManagedStand();
  await stand.configure('dinghy');
  await stand.configure('raft');
}, 600_000);

afterAll(() => stand.environment.stop());

const containers = () => stand.server.docker(['ps', '-a', '--format', '{{.Names}}']);
/** How often the proxy was given a configuration that differs from the one it had. */
const changes = async (): Promise<number> => {
  const { stdout, stderr } = await stand.server.exec(['docker', 'logs', 'shiplock-proxy']);
  return [...`${stdout}${stderr}`.matchAll(/autosaved config/g)].length;
};
/** The fingerprint of the certificate that visitors of raft get. */
const certificate = () =>
  new Promise<string>((resolve, reject) => {
    const port = stand.server.port(443);
    const options = { host: '127.0.0.1', port, servername: 'raft.test', rejectUnauthorized: false };
    const socket = connect(options, () => {
      resolve(socket.getPeerCertificate().fingerprint256);
      socket.destroy();
    });
    socket.on('error', reject);
  });

/** Does something while visitors of both apps are there, none of whom may fail. */
async function nobodyFails(work: () => Promise<unknown>, rate = 50): Promise<void> {
  const { server, dinghy } = stand;
  const secure = { server, origin: `https://127.0.0.1:${server.port(443)}` };
  const visitors = [
    await letVisitorsIn(dinghy, rate, 'dinghy.test'),
    await letVisitorsIn(secure, rate, 'raft.test'),
  ];
  try {
    await work();
    for (const each of visitors) expect(await each.failures()).toEqual([]);
  } finally {
    for (const each of visitors) await each.stop();
  }
}

test('ports that are taken are told with their holders, and nothing is touched', async () => {
  const holder = ['run', '-d', '--name', 'squatter', '-p', '80:80'];
  await stand.server.docker([...holder, '127.0.0.1:5000/shiplock-sample/nginx:1.26']);
  const listen = 'socat TCP-LISTEN:443,fork,reuseaddr /dev/null >/dev/null 2>&1 & echo $!';
  const { stdout: program } = await stand.server.exec(['sh', '-c', listen]);
  const before = await snapshot(stand.server);
  const { outputs, log } = await stand.dinghy.deploy('v1');
  expect(outputs['verdict']).toBe('refused');
  expect(log).toContain('port 80: is taken by the container squatter');
  expect(log).toContain('port 443: is taken by a program of the server');
  expect(await snapshot(stand.server)).toBe(before);
  await stand.server.exec(['kill', program.trim()]);
});

test('a dry run says what the proxy is made from', async () => {
  await stand.server.docker(['rm', '--force', 'squatter']);
  const before = await snapshot(stand.server);
  const { exitCode, log } = await stand.dinghy.deploy('v1', { 'dry-run': 'true' });
  expect([exitCode, await snapshot(stand.server)]).toEqual([0, before]);
  expect(log).toMatch(/start +the managed proxy: shiplock-proxy from .*caddy.*ports 80 and 443/);
  expect(log).toMatch(/make +network shiplock-proxy-out\b/);
  expect(log).toMatch(/make +volume shiplock-proxy-data/);
});

test('two apps that come first at the same moment share one proxy; a certificate comes by itself', async () => {
  const both = [stand.dinghy, stand.raft].map((site) => site.deploy('v1'));
  const results = await Promise.all(both);
  expect(results.map(({ outputs, log }) => [outputs['verdict'], log])).toEqual(
    results.map(({ log }) => ['deployed', log]),
  );
  expect(await ask(stand.server, 'http://dinghy.test/')).toBe('v1');
  expect(await ask(stand.server, 'https://raft.test/')).toBe('v1');
  expect(await ask(stand.server, 'http://raft.test/')).toBe('308');
  expect((await containers()).split('\n')).toContain('shiplock-proxy');
});

test('a deploy of one app fails no request of either, cuts no stream, and leaves the configuration alone', async () => {
  const before = await changes();
  await nobodyFails(async () => {
    const run = stand.dinghy.startDeploy('v2', { drain: '20s' });
    const { stayed, ended } = await visitThrough(run, stand.dinghy.origin, 'dinghy.test');
    expect(stayed).toBe(true);
    expect(ended).toMatchObject([whole('v1'), whole('v1')]);
  });
  expect(await ask(stand.server, 'http://dinghy.test/')).toBe('v2');
  expect(await ask(stand.server, 'https://raft.test/')).toBe('v1');
  expect(await changes()).toBe(before);
});

test('visitors wait for an engine that stands still, and nobody fails', async () => {
  await nobodyFails(() => stallEngine(stand.server), 10);
});

test('a container that comes back under another address is reached again within 5 s', async () => {
  const asked = () => ask(stand.server, 'http://dinghy.test/');
  expect(await answerAfterMove(stand.server, 'web', 'v2', asked)).toBe('v2');
});

describe('routes belong to the release', () => {
  test('what the proxy does not accept fails the release, and the next one can begin at once', async () => {
    await stand.configure('dinghy', { api: true });
    const broken = '/var/lib/shiplock/.proxy/broken.caddy';
    await stand.server.exec(['sh', '-c', `echo 'nonsense {' >${broken}`]);
    const images = `web=${stand.dinghy.images.v1}\napi=${stand.dinghy.images.v2}`;
    const { outputs, log } = await stand.dinghy.deploy('v1', { version: 'v3', images });
    expect(outputs['verdict']).toBe('failed');
    expect(log).toContain('the managed proxy does not accept its configuration');
    await stand.server.exec(['rm', broken]);
  });

  test('they come with it, and the reload for them cuts no stream', async () => {
    const before = await changes();
    await stand.configure('dinghy', { api: true });
    const images = `web=${stand.dinghy.images.v1}\napi=${stand.dinghy.images.v2}`;
    const run = stand.dinghy.startDeploy('v1', { version: 'v3', images, drain: '20s' });
    const reload = [/^▸ /, /^✓ lease/] as const;
    const { origin } = stand.dinghy;
    const { result, stayed, ended } = await visitThrough(run, origin, 'dinghy.test', reload);
    expect([result.outputs['verdict'], stayed]).toEqual(['deployed', true]);
    expect(ended).toMatchObject([whole('v2'), whole('v2')]);
    expect(await changes()).toBeGreaterThan(before);
    expect(await ask(stand.server, 'http://dinghy.test/')).toBe('v1');
    expect(await ask(stand.server, 'http://dinghy.test/api/x')).toBe('v2');
  });

  test('and go back with it', async () => {
    expect((await stand.dinghy.rollback()).outputs).toMatchObject({
      verdict: 'rolled-back',
      release: '2-v2',
    });
    expect(await ask(stand.server, 'http://dinghy.test/')).toBe('v2');
    expect(await ask(stand.server, 'http://dinghy.test/api/x')).toBe('v2');
  });

  test("another app's host is refused", async () => {
    await stand.configure('dinghy', { host: 'raft.test' });
    const { outputs, log } = await stand.dinghy.deploy('v1', { version: 'v4' });
    expect(outputs['verdict']).toBe('refused');
    expect(log).toContain('raft.test is served for another app or environment on this server');
  });

  test('what goes back is judged by its own hosts, whatever the checkout asks for by now', async () => {
    expect((await stand.dinghy.rollback({ version: 'v1' })).outputs).toMatchObject({
      verdict: 'rolled-back',
      release: '1-v1',
    });
    expect(await ask(stand.server, 'http://dinghy.test/')).toBe('v1');
    await stand.configure('dinghy');
  });
});

test('a proxy that is removed comes back with the next deploy, and its certificates with it', async () => {
  const before = await certificate();
  await stand.server.docker(['rm', '--force', 'shiplock-proxy']);
  await stand.raft.arrive('v2');
  expect(await ask(stand.server, 'https://raft.test/')).toBe('v2');
  expect(await ask(stand.server, 'http://dinghy.test/')).toBe('v1');
  expect(await certificate()).toBe(before);
});

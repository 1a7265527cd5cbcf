import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import {
  answerAlways,
  captain,
  startLockedRegistry,
  type LockedRegistry,
} from '../../support/locked-registry';
import { snapshot } from '../../support/release/facts';
import { keeperEnded, unsettled } from '../../support/release/settled';
import { openSite, type Site } from '../../support/release/site';
import { watchCommandLines } from '../../support/release/watch';
import type { RunResult } from '../../support/runner/runner';

const versions = { v1: {}, v2: {}, v3: {}, v4: {}, v5: {} };
type Version = keyof typeof versions;

let site: Site<Version>;
let registry: LockedRegistry;

/** The same image, from the registry that wants a password. */
const locked = (version: Version): string => site.images[version].replace(':5000/', ':5001/');
const login = {
  'registry-username': captain.username,
  'registry-password': captain.password,
};
const secrets = [captain.password];
const deployLocked = (version: Version, inputs: Readonly<Record<string, string>> = {}) =>
  site.deploy(version, { images: locked(version), ...inputs }, { secrets });

/** Files of the server in which the password stands, plainly or as a docker configuration holds it. */
async function filesWithPassword(): Promise<readonly string[]> {
  const encoded = Buffer.from(`${captain.username}:${captain.password}`).toString('base64');
  const find =
    'find / -xdev -path /proc -prune -o -path /sys -prune -o -type f -exec grep -lF -f /dev/shm/needles {} + ; ' +
    'grep -rlF -f /dev/shm/needles /run /tmp 2>/dev/null | grep -v /run/answer; rm /dev/shm/needles';
  const { stdout } = await site.server.exec(['sh', '-c', `cat > /dev/shm/needles; ${find}`], {
    stdin: `${captain.password}\n${encoded}\n`,
  });
  return stdout.split('\n').filter((line) => line !== '' && line !== '/dev/shm/needles');
}

beforeAll(async () => {
  site = await openSite({ name: 'registry', versions });
  registry = await startLockedRegistry(site.environment.parts);
  await registry.openOn(site.server);
  // App and store come from the locked registry by the compose file, the proxy from the open one.
  const file = join(site.workspace, 'docker-compose.yml');
  const text = await readFile(file, 'utf8');
  await writeFile(file, text.replace(/:5000(?=\/shiplock-(dinghy|sample\/redis))/g, ':5001'));
}, 600_000);

afterAll(async () => {
  await registry.stop();
  await site.close();
});

function refused(result: RunResult, ...messages: readonly RegExp[]): void {
  expect(result).toMatchObject({ exitCode: 3, outputs: { verdict: 'refused' } });
  for (const message of messages) expect(result.log).toMatch(message);
}

describe('the first release, with a login', () => {
  test('a wrong password is refused with the user’s name, and without a login it is refused, too', async () => {
    const before = await snapshot(site.server);
    refused(
      await deployLocked('v1', { ...login, 'registry-password': 'wrong' }),
      /image of web: 127\.0\.0\.1:5001\/.* was refused: 127\.0\.0\.1:5001 does not let captain read it/,
      /check registry-username and registry-password/,
    );
    refused(
      await deployLocked('v1'),
      /127\.0\.0\.1:5001 does not give it without a login/,
      /docker login 127\.0\.0\.1:5001/,
      /services\.store\.image: .*redis:8 was refused/,
    );
    expect(await snapshot(site.server)).toBe(before);
  });

  test('pulls app and shared service with the login, which stands on no command line and in no file', async () => {
    const stop = await watchCommandLines(site.server, secrets);
    const result = await deployLocked('v1', login);
    expect((await stop()).hits).toEqual([]);
    expect(result).toMatchObject({ exitCode: 0, outputs: { verdict: 'deployed' } });
    expect(result.log).toMatch(/1 images, 1 pulled/);
    expect(await unsettled(site, 'v1')).toEqual([]);
    expect(await filesWithPassword()).toEqual([]);
  });
});

describe('the server’s own docker login', () => {
  const config = '/home/deploy/.docker/config.json';
  const configure = (content: object): Promise<void> =>
    site.server.writeFile(config, JSON.stringify(content), '600', 'deploy');

  test('in the configuration of the user is used, and is not shown', async () => {
    const auth = Buffer.from(`${captain.username}:${captain.password}`).toString('base64');
    await configure({ auths: { '127.0.0.1:5001': { auth } } });
    const result = await site.deploy(
      'v2',
      { images: locked('v2'), 'dry-run': 'true' },
      { secrets: [...secrets, auth] },
    );
    expect(result).toMatchObject({ exitCode: 0 });
    expect(result.log).toContain(locked('v2'));
  });

  test('by a credential helper pulls, as docker pull there does', async () => {
    const answer = { ServerURL: '', Username: captain.username, Secret: captain.password };
    const helper = '/usr/local/bin/docker-credential-canary';
    await site.server.writeFile(helper, `#!/bin/sh\necho '${JSON.stringify(answer)}'\n`, '755');
    await configure({ credHelpers: { '127.0.0.1:5001': 'canary' } });
    const result = await deployLocked('v2');
    expect(result).toMatchObject({ exitCode: 0, outputs: { verdict: 'deployed' } });
    expect(await unsettled(site, 'v2')).toEqual([]);
    expect(await filesWithPassword()).toEqual([helper]);
    await site.server.exec(['rm', '-r', helper, '/home/deploy/.docker']);
  });
});

test('a run that is cancelled in its pull leaves the login nowhere', async () => {
  const run = site.startDeploy('v3', { images: locked('v3'), ...login }, { secrets });
  await run.seen(/^▸ pull/);
  run.cancel();
  expect(await run.done).toMatchObject({ conclusion: 'cancelled' });
  await keeperEnded(site);
  expect(await filesWithPassword()).toEqual([]);
  expect(await unsettled(site, 'v2')).toEqual([]);
});

/** Images of both services by name: the compose file names another registry. */
const both = (web: string, worker = web): string => `web=${web}\nworker=${worker}`;

describe('a registry that does not give the image', () => {
  test('because of a rate limit, or trouble of its own: both told in one list', async () => {
    const errors = '{"errors":[{"code":"TOOMANYREQUESTS","message":"pull rate limit"}]}';
    await answerAlways(site.server, 5002, '429 Too Many Requests', errors);
    await answerAlways(site.server, 5003, '503 Service Unavailable', 'down for repair');
    const images = both('127.0.0.1:5002/shop/app:v1', '127.0.0.1:5003/shop/app:v1');
    refused(
      await site.deploy('v4', { images }),
      /image of web: .*127\.0\.0\.1:5002 lets this server pull no more for now/,
      /image of worker: .*registry is in trouble itself/,
      /look at 127\.0\.0\.1:5003/,
    );
  });

  test('because it is down', async () => {
    const result = await site.deploy('v4', { images: both('127.0.0.1:5009/shop/app:v1') });
    refused(result, /does not reach its registry/, /curl -sI https:\/\/127\.0\.0\.1:5009/);
  });
});

test('Docker Hub through a mirror: pulled by digest', async () => {
  const mirrors = { 'registry-mirrors': ['http://127.0.0.1:5000'] };
  await site.server.writeFile('/etc/docker/daemon.json', JSON.stringify(mirrors));
  await site.server.exec(['sh', '-c', 'kill -HUP $(pidof dockerd)']);
  const image = site.images.v4.replace('127.0.0.1:5000/', '');
  const result = await site.deploy('v4', { images: both(image) });
  expect(result).toMatchObject({ exitCode: 0, outputs: { verdict: 'deployed' } });
  expect(result.outputs['digests']).toContain(`docker.io/${image}`);
  expect(await unsettled(site, 'v4')).toEqual([]);
});

test('with the registry out of reach, what the server has already is released all the same', async () => {
  await site.server.docker(['pull', '--quiet', site.images.v5]);
  await site.server.cutOff('registry');
  const result = await site.deploy('v5', { images: both(site.images.v5) });
  await site.server.reconnect('registry');
  expect(result).toMatchObject({ exitCode: 0, outputs: { verdict: 'deployed' } });
  expect(result.log).toMatch(/1 images, 0 pulled/);
});

test('a runner that is lost in its pull leaves the login nowhere', async () => {
  const run = site.startDeploy('v3', { images: locked('v3'), ...login }, { secrets });
  await run.seen(/^▸ pull/);
  run.kill();
  await run.done;
  await keeperEnded(site);
  expect(await filesWithPassword()).toEqual([]);
  expect(await site.serving()).toBe('v5');
});

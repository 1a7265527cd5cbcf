import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { startEnvironment } from '../../support/environment';
import { readContainers, snapshot } from '../../support/release/facts';
import { unsettled } from '../../support/release/settled';
import { dinghyLayers } from '../../support/release/image';
import { openSite, type Site } from '../../support/release/site';
import { rootlessSocket, startRootlessEngine, variantsImage } from '../../support/rootless-engine';
import type { RunResult } from '../../support/runner/runner';

const versions = { v1: {}, v2: {} };
let site: Site<keyof typeof versions>;

beforeAll(async () => {
  const environment = await startEnvironment();
  const image = await variantsImage(environment.parts);
  site = await openSite({ name: 'variants', versions, server: { image } });
  await site.server.exec(['gpasswd', '--delete', 'deploy', 'docker']);
}, 600_000);

afterAll(() => site.close());

const asDeploy = (...argv: readonly string[]) =>
  site.server.exec(['env', 'HOME=/home/deploy', ...argv], { user: 'deploy' });

function refused(result: RunResult, ...messages: readonly RegExp[]): void {
  for (const message of messages) expect(result.log).toMatch(message);
  expect(result).toMatchObject({ exitCode: 3, outputs: { verdict: 'refused' } });
}

const sudo = { docker: 'sudo -n docker' };

describe('Docker by sudo', () => {
  const line = 'deploy ALL=(root) NOPASSWD: /usr/bin/docker';

  test('that wants a password is refused with the line that it needs', async () => {
    refused(
      await site.deploy('v1', sudo),
      /Docker: does not answer:.*sudo: a password is required/,
      /sudo visudo -f \/etc\/sudoers\.d\/shiplock, with the line deploy ALL=\(root\) NOPASSWD: \/usr\/bin\/docker/,
    );
  });

  test('with that line deploys, with a keeper that is the user and not root', async () => {
    await site.server.writeFile('/etc/sudoers.d/shiplock', `${line}\n`, '440');
    for (const version of ['v1', 'v2'] as const) {
      await site.arrive(version, sudo);
      expect(await unsettled(site, version)).toEqual([]);
    }
    const keepers = await site.server.docker([
      ...['ps', '--all', '--filter', 'label=shiplock.keeper', '--format', '{{.ID}}'],
    ]);
    const [keeper = ''] = keepers.split('\n');
    const user = await site.server.docker(['inspect', '--format', '{{.Config.User}}', keeper]);
    expect(user).toMatch(/^1000:\d+$/);
  });
});

describe('refused, with nothing touched', () => {
  let before: string;
  beforeAll(async () => {
    before = await snapshot(site.server);
  });

  const untouched = async (): Promise<void> => expect(await snapshot(site.server)).toBe(before);

  test('another user, who would begin anew beside the records that there are', async () => {
    const add =
      'useradd --create-home --groups docker --password "*" mate && cp -r /home/deploy/.ssh /home/mate/ && chown -R mate: /home/mate';
    await site.server.exec(['sh', '-c', add]);
    before = await snapshot(site.server);
    const hosts = `mate@127.0.0.1:${site.server.sshPort}`;
    refused(
      await site.deploy('v2', { hosts }),
      /\/var\/lib\/shiplock\/dinghy\/production: holds the records of the containers that run here/,
      /mate would begin anew in \/home\/mate\/\.shiplock/,
    );
    await untouched();
  });

  // Stand-ins: neither can be installed here. They answer as the real commands do.
  test.each([
    [
      'the snap package',
      '/snap/bin/docker',
      'exec /usr/bin/docker "$@"',
      /is the snap package \(\/snap\/bin\/docker\)/,
    ],
    [
      'Podman by the name of docker',
      '/opt/podman/docker',
      '[ "$1" = --version ] || exit 125; echo podman version 5.4.2',
      /Docker: is podman version 5\.4\.2/,
    ],
  ])('%s', async (_, path, script, message) => {
    await site.server.writeFile(path, `#!/bin/sh\n${script}\n`, '755');
    refused(await site.deploy('v2', { docker: path }), message);
    await untouched();
  });

  test('an engine elsewhere, by a docker context', async () => {
    const far = 'host=ssh://ops@far.example.com';
    await asDeploy('docker', 'context', 'create', 'far', '--docker', far);
    await asDeploy('docker', 'context', 'use', 'far');
    before = await snapshot(site.server);
    refused(
      await site.deploy('v2'),
      /Docker: is used at ssh:\/\/ops@far\.example\.com/,
      /name the machine where that engine runs in hosts/,
    );
    await untouched();
    await asDeploy('rm', '-r', '/home/deploy/.docker');
  });
});

describe('a rootless engine of the user’s own, without /var/lib/shiplock', () => {
  beforeAll(async () => {
    const { server, environment } = site;
    await server.docker(['compose', '--project-name', 'dinghy', 'down']);
    const ids = (await readContainers(server)).map(({ id }) => id);
    if (ids.length > 0) await server.docker(['rm', '--force', ...ids]);
    await server.exec(['sh', '-c', 'rm -r /var/lib/shiplock /srv/dinghy/nginx/shiplock/*']);
    const images = [...dinghyLayers, environment.keeperImage];
    await startRootlessEngine(server, images);
  }, 120_000);

  test('that docker does not find is refused with the commands that let it', async () => {
    refused(
      await site.deploy('v1'),
      /permission denied/,
      new RegExp(`docker context create rootless --docker host=unix://${rootlessSocket}`),
    );
  });

  test('that it finds: deploys, and goes back', async () => {
    const context = `docker context create rootless --docker host=unix://${rootlessSocket} && docker context use rootless`;
    await asDeploy('sh', '-c', context);
    await site.server.exec(['sh', '-c', context]);
    for (const version of ['v1', 'v2'] as const) {
      await site.arrive(version);
      expect(await site.serving()).toBe(version);
    }
    const back = await site.rollback();
    expect(back).toMatchObject({ exitCode: 0, outputs: { verdict: 'rolled-back' } });
    expect(await site.serving()).toBe('v1');
    const owners = await site.server.exec([
      ...['find', '/home/deploy/.shiplock', '-printf', '%u\n'],
    ]);
    expect(new Set(owners.stdout.trim().split('\n'))).toEqual(new Set(['deploy']));
  });
});

import { afterAll, afterEach, beforeAll, describe, expect, test } from '@jest/globals';
import { readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { makeKeyPair } from '../../support/environment';
import { snapshot, snapshotFiles } from '../../support/release/facts';
import { openSite, type Site } from '../../support/release/site';
import type { RunResult } from '../../support/runner/runner';

let site: Site<'v1' | 'v2'>;
let before: string;
let outsider: { publicKey: string; privateKey: string };

beforeAll(async () => {
  site = await openSite({ name: 'refuse', versions: { v1: {}, v2: {} } });
  outsider = await makeKeyPair(site.environment.parts);
  await site.arrive('v1');
  before = await snapshot(site.server);
}, 600_000);

afterEach(async () => {
  await site.configure();
  await rm(join(site.workspace, 'broken.yml'), { force: true });
});
afterAll(() => site.close());

/** What everybody who is refused is told: in the log, in the summary, as verdict and exit code; and that nothing was touched is true. */
async function refused(result: RunResult, ...messages: readonly RegExp[]): Promise<void> {
  for (const message of messages) {
    expect(result.log).toMatch(message);
    expect(result.summary).toMatch(message);
  }
  expect(result).toMatchObject({ exitCode: 3, conclusion: 'failure', postExitCode: 0 });
  expect(result.outputs['verdict']).toBe('refused');
  expect(await snapshot(site.server)).toBe(before);
}

describe('whom the server does not know', () => {
  test('no key and no agent', async () => {
    const result = await site.deploy('v2', { 'ssh-key': '' }, { env: { SSH_AUTH_SOCK: '' } });
    await refused(result, /There is no SSH key to log in with/, /private key in .?ssh-key/);
  });

  test('a host key that is not the pinned one, with how to read it on the server', async () => {
    const other = `127.0.0.1 ${outsider.publicKey}`;
    const result = await site.deploy('v2', { 'known-hosts': other });
    await refused(result, /host key/i, /ssh-keygen -l/);
  });

  test('no pinned host key at all', async () => {
    const result = await site.deploy('v2', { 'known-hosts': '' });
    await refused(result, /known-hosts/, /ssh_host_/);
  });

  test('a user that does not exist', async () => {
    const hosts = `nobody-here@127.0.0.1:${site.server.sshPort}`;
    await refused(await site.deploy('v2', { hosts }), /nobody-here/, /authorized_keys/);
  });

  test('a key that the server does not accept', async () => {
    const result = await site.deploy('v2', { 'ssh-key': outsider.privateKey });
    await refused(result, /SHA256:/, /authorized_keys/);
  });

  test('a server that does not answer', async () => {
    const hosts = 'deploy@127.0.0.1:9';
    const pinned = await site.server.knownHosts('127.0.0.1', 9);
    const result = await site.deploy('v2', { hosts, 'known-hosts': pinned });
    await refused(result, /127\.0\.0\.1:9/, /nothing listens on that port/);
  });
});

describe('what is asked for', () => {
  test('an image that is not in the registry', async () => {
    const images = '127.0.0.1:5000/shiplock-dinghy/app:never-built';
    await refused(await site.deploy('v2', { images }), /never-built was not found/);
  });

  test('a digest that is not in the registry', async () => {
    const images = `127.0.0.1:5000/shiplock-dinghy/app@sha256:${'0'.repeat(64)}`;
    await refused(await site.deploy('v2', { images }), /sha256:0{64} was not found/);
  });

  test('an image for a service that is not released', async () => {
    const images = `rudder=${site.images.v2}`;
    await refused(await site.deploy('v2', { images }), /rudder/, /web/);
  });

  test('a service that the compose file does not have', async () => {
    await site.configure({ release: { web: { port: 8080 }, rudder: {} } });
    await refused(await site.deploy('v2'), /no service rudder/, /name one of .*web/);
  });

  test('a key of shiplock.yml that is unknown, with the nearest known one', async () => {
    await site.configure({ liner: '3s' });
    await refused(await site.deploy('v2'), /liner/, /linger/);
  });

  test('a compose file that does not parse', async () => {
    await writeFile(join(site.workspace, 'broken.yml'), 'services:\n  web: [\n');
    await site.configure({ compose: 'broken.yml' });
    await refused(await site.deploy('v2'), /docker compose config refused the files/, /yaml/i);
  });

  test('a compose file that is not in the checkout', async () => {
    await site.configure({ compose: 'nowhere.yml' });
    await refused(await site.deploy('v2'), /the compose file nowhere\.yml cannot be read/);
  });

  test('a folder that is not on the server', async () => {
    await site.configure({ directory: '/srv/nowhere' });
    await refused(await site.deploy('v2'), /\/srv\/nowhere does not exist/);
  });

  test('two problems at once, both told', async () => {
    await site.configure({ release: { web: { port: 8080 }, rudder: {} }, proxy: proxyOf('sail') });
    await refused(await site.deploy('v2'), /2 problems/, /no service rudder/, /no service sail/);
  });

  test('names that a shell, a folder or a DNS server would take apart, each told', async () => {
    const worker = { health: { command: 'true' } };
    const web = { port: 8080, health: { path: '/healthz' } };
    await site.configure({
      app: 'my "app" $(id)',
      compose: 'two\nlines.yml',
      directory: 'srv:dinghy',
      project: '-p',
      files: ['../secret', '/etc/passwd', 'two\nlines'],
      release: { web, worker, '-rm': {}, "it's": {} },
      proxy: { kind: 'nginx', service: '--help', 'config-dir': 'nginx\nshiplock' },
      environments: { production: {}, 'a b': {}, '-x': {} },
    });
    await refused(
      await site.deploy('v2'),
      ...[/app.*"my \W+app\W+ \$\(id\)".*lower-case letters/, /compose.*without line breaks/],
      ...[
        /directory.*an absolute path on the host/,
        /directory.*without a colon/,
        /project.*a Compose project name/,
      ],
      ...[/files\[0\].*inside of the repository/, /files\[1\]/, /files\[2\].*without line breaks/],
      ...[/release.*-rm.*name of a compose service/, /release.*it's.*name of a compose service/],
      ...[/proxy\.service/, /config-dir.*without line breaks/],
      ...[/environments.*a b.*lower-case letters/, /environments.*-x.*lower-case letters/],
    );
  });

  test('inputs of the same sort, each told, and no part of a secret', async () => {
    const inputs = { version: '-v2 $(id)', env: 'A B=1\n-C=secret', docker: 'docker; id' };
    const result = await site.deploy('v2', inputs);
    await refused(
      result,
      /version: "-v2 \$\(id\)".*letters, digits, dots/,
      /env: line 1 is not NAME=value/,
      /env: line 2 is not NAME=value/,
      /docker: "docker; id"/,
    );
    expect(result.log).not.toContain('secret');
  });

  test('a tag that cannot name a release', async () => {
    const result = await site.deploy('v2', { version: '' }, { ref: 'refs/tags/release/v2$(id)' });
    await refused(result, /release\/v2\$\(id\).*cannot name a release/, /input version/);
  });

  test('a folder of the proxy that nginx would read as something else', async () => {
    const file = join(site.workspace, 'odd.yml');
    const text = await readFile(join(site.workspace, 'docker-compose.yml'), 'utf8');
    await writeFile(file, text.replace(':/etc/nginx/shiplock:', ':/etc/nginx/ship "lock";:'));
    await site.configure({ compose: 'odd.yml' });
    await refused(await site.deploy('v2'), /ship .*lock.*characters that nginx would read/);
  });

  test('two inputs at once, both told', async () => {
    const result = await site.deploy('v2', { bake: 'soon', 'dry-run': 'perhaps' });
    await refused(result, /2 inputs cannot be used/, /bake: "soon"/, /dry-run: "perhaps"/);
  });

  test('rolling back to what is not on record, with the list of what is', async () => {
    await refused(await site.rollback({ version: 'v9' }), /v9 is not on record/);
  });

  test('rolling back when there is nothing before the first release', async () => {
    await refused(await site.rollback(), /no good release from before 1-v1/);
  });
});

describe('what the server lacks', () => {
  const plugin = '/usr/libexec/docker/cli-plugins/docker-compose';

  /** Does without a file of the server while a deploy is tried. */
  const without = async (path: string): Promise<RunResult> => {
    await site.server.exec(['mv', path, `${path}.away`]);
    return site.deploy('v2').finally(() => site.server.exec(['mv', `${path}.away`, path]));
  };

  test('Docker', async () => {
    await refused(
      await without('/usr/bin/docker'),
      /docker: (command )?not found/i,
      /Install Docker Engine/,
    );
  });

  test('Compose v2', async () => {
    await refused(await without(plugin), /Docker Compose v2 is not installed/, /compose-plugin/);
  });

  test('a user who may reach Docker', async () => {
    await site.server.exec(['gpasswd', '--delete', 'deploy', 'docker']);
    const result = await site
      .deploy('v2')
      .finally(() => site.server.exec(['gpasswd', '--add', 'deploy', 'docker']));
    await refused(result, /permission denied/i, /usermod -aG docker/);
  });
});

test('a server whose Docker does not run', async () => {
  // The loop that stands in for systemd must not bring it back, so it is stopped first.
  const stop =
    'engine=$(pidof dockerd); kill -STOP $(ps -o ppid= -p $engine); kill $engine; ' +
    'until grep -q "^State:.Z" /proc/$engine/status; do sleep 0.1; done';
  await site.server.exec(['sh', '-c', stop]);
  const files = await snapshotFiles(site.server);
  const result = await site.deploy('v2');
  expect(result).toMatchObject({ exitCode: 3, outputs: { verdict: 'refused' } });
  expect(result.log).toMatch(/Docker.*does not answer/);
  expect(result.log).toMatch(/systemctl enable --now docker/);
  expect(await snapshotFiles(site.server)).toBe(files);
});

const proxyOf = (service: string) => ({ kind: 'nginx', service, 'config-dir': 'nginx/shiplock' });

import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { type Environment, startEnvironment } from '../support/environment';
import { runCommand } from '../support/run-command';
import type { Server } from '../support/server';

const base = '/var/lib/shiplock';
const image = '127.0.0.1:5000/shiplock/keeper-node:24';
const folder = mkdtempSync(join(tmpdir(), 'shiplock-environment-'));
let environment: Environment;
let server: Server;

beforeAll(async () => {
  environment = await startEnvironment();
  server = await environment.startServer({ name: 'web1', disks: { [base]: '16m' } });
  writeFileSync(join(folder, 'key'), server.privateKey, { mode: 0o600 });
  writeFileSync(join(folder, 'known_hosts'), await server.knownHosts());
});

afterAll(async () => {
  await environment.stop();
  rmSync(folder, { recursive: true });
});

/** OpenSSH's own client, which pins the host key and offers nothing but the deploy key. */
function ssh(
  script: string,
  options: { user?: string; timeoutMs?: number; flags?: readonly string[] } = {},
) {
  return runCommand(
    [
      // OpenSSH keeps the first value that it is given for an option.
      ...[
        'ssh',
        ...(options.flags ?? []),
        '-F',
        'none',
        '-i',
        join(folder, 'key'),
        '-p',
        String(server.sshPort),
      ],
      ...['-o', `UserKnownHostsFile=${join(folder, 'known_hosts')}`, '-o', 'BatchMode=yes'],
      ...['-o', 'StrictHostKeyChecking=yes', '-o', 'IdentitiesOnly=yes'],
      ...[`${options.user ?? 'deploy'}@127.0.0.1`, script],
    ],
    { timeoutMs: options.timeoutMs ?? 30_000 },
  );
}

const composeFile = `services: { web: { image: "${image}", init: true, restart: always, ports: ["80:80"],
  command: ["node", "-e", "require('node:http').createServer((_, answer) => answer.end('up')).listen(80)"] } }`;

const answer = async () => (await fetch(`http://127.0.0.1:${server.httpPort}`)).text();

async function answersWithin(seconds: number) {
  const deadline = Date.now() + seconds * 1000;
  for (;;) {
    try {
      return await answer();
    } catch (error) {
      if (Date.now() > deadline) throw error;
      await new Promise((resolve) => setTimeout(resolve, 100));
    }
  }
}

describe('a server refuses', () => {
  test('a key that it does not know, a user without a key, and a password', async () => {
    const withoutKey = await ssh('true', {
      flags: ['-o', 'IdentityFile=/dev/null', '-o', 'PubkeyAuthentication=no'],
    });
    expect(withoutKey.code).toBe(255);
    expect(withoutKey.stderr).toContain('Permission denied (publickey)');
    expect((await ssh('true', { user: 'nobody' })).code).toBe(255);
  });

  test('a client that pinned another host key', async () => {
    writeFileSync(join(folder, 'other'), (await server.knownHosts()).replaceAll(/.{4}$/gm, 'AAAA'));
    const refused = await ssh('true', {
      flags: ['-o', `UserKnownHostsFile=${join(folder, 'other')}`],
    });
    expect(refused.code).toBe(255);
    expect(refused.stderr).toContain('Host key verification failed');
  });
});

describe('a server', () => {
  test('lets root and deploy in, each with the right to use Docker and Compose', async () => {
    for (const user of ['root', 'deploy']) {
      const { code, stdout } = await ssh(
        'docker version -f {{.Server.Version}} && docker compose version --short',
        { user },
      );
      expect({ user, code, stdout }).toEqual({
        user,
        code: 0,
        stdout: expect.stringMatching(/^\d+\.\d+\S*\n2\.\d+/),
      });
    }
  });

  test('is pinned by the fingerprints that ssh-keygen prints on it', async () => {
    const printed = await server.exec([
      'sh',
      '-c',
      'for f in /etc/ssh/ssh_host_*_key.pub; do ssh-keygen -l -f $f; done',
    ]);
    const keys = await server.hostKeys();
    expect(keys.map((key) => key.type).sort()).toEqual([
      'ecdsa-sha2-nistp256',
      'ssh-ed25519',
      'ssh-rsa',
    ]);
    for (const key of keys) expect(printed.stdout).toContain(` ${key.fingerprint} `);
  });

  test('pulls by digest from the registry, and runs a compose project behind its published port', async () => {
    expect(
      await ssh(
        `docker pull -q ${environment.keeperImage} && docker tag ${environment.keeperImage} ${image}`,
      ),
    ).toMatchObject({ code: 0 });
    await server.writeFile('/srv/web/docker-compose.yml', composeFile);
    expect(await ssh('docker compose --project-directory /srv/web up -d --wait')).toMatchObject({
      code: 0,
    });
    expect(await answersWithin(10)).toBe('up');
  });

  test('cut off from SSH, still serves the app; reconnected, the open session goes on', async () => {
    const session = ssh('echo before; sleep 3; echo after');
    await new Promise((resolve) => setTimeout(resolve, 1000));
    await server.cutOff('ssh');
    expect((await ssh('true', { timeoutMs: 2000 })).code).toBe(128);
    expect(await answer()).toBe('up');
    await server.reconnect('ssh');
    expect(await session).toMatchObject({ code: 0, stdout: 'before\nafter\n' });
  });

  test('cut off from the registry, cannot pull', async () => {
    await server.cutOff('registry');
    const pull = await ssh(`timeout 3 docker pull ${image}`);
    await server.reconnect('registry');
    expect(pull.code).not.toBe(0);
    expect((await ssh(`docker pull -q ${image}`)).code).toBe(0);
  });

  test('drops an open SSH session without an exit status', async () => {
    const session = ssh('sleep 30');
    await new Promise((resolve) => setTimeout(resolve, 1000));
    await server.dropSshConnections();
    expect((await session).code).toBe(255);
    expect((await ssh('echo back')).stdout).toBe('back\n');
  });

  test('paused, answers nothing, nor does its app; resumed, both do', async () => {
    await server.pause();
    await expect(
      fetch(`http://127.0.0.1:${server.httpPort}`, { signal: AbortSignal.timeout(1000) }),
    ).rejects.toThrow();
    await server.resume();
    expect(await answersWithin(5)).toBe('up');
  });

  test('fills and frees a limited disk', async () => {
    await server.fillDisk(base);
    expect(
      (await server.exec(['sh', '-c', `head -c 9000 /dev/zero > ${base}/file`])).stderr,
    ).toContain('No space left on device');
    await server.freeDisk(base);
    expect((await server.exec(['sh', '-c', `head -c 9000 /dev/zero > ${base}/file`])).code).toBe(0);
    await expect(server.fillDisk('/srv')).rejects.toThrow('no limited disk');
  });

  test('comes back with its containers, keys and ports after a reboot, a loss of power, and the death of its engine', async () => {
    await server.restart();
    expect(await answersWithin(10)).toBe('up');
    await server.kill();
    await expect(answer()).rejects.toThrow();
    await server.start();
    expect(await answersWithin(10)).toBe('up');
    await server.exec(['sh', '-c', 'kill -KILL $(cat /run/docker.pid); sleep 1']);
    await server.ready();
    expect(await answersWithin(10)).toBe('up');
    expect((await ssh('echo in')).stdout).toBe('in\n');
  });
});

test('two servers know each other by name, one has images from the start, and a leftover of a dead process is cleared', async () => {
  const other = await environment.startServer({ name: 'web2', images: [environment.keeperImage] });
  await other.docker(['image', 'inspect', environment.keeperImage]);
  const ping = await server.exec(['ssh-keyscan', '-t', 'ed25519', other.container]);
  expect(ping.stdout).toContain(
    (await other.hostKeys(other.container, 22)).find((key) => key.type === 'ssh-ed25519')
      ?.knownHostsLine,
  );
  const crashed = await runCommand([
    'node',
    '--import',
    'tsx',
    '-e',
    `
    const { startEnvironment } = await import('./test/support/environment.ts');
    const server = await (await startEnvironment()).startServer({ name: 'crashed' });
    console.log(server.container); process.kill(process.pid, 'SIGKILL')`,
  ]);
  const container = crashed.stdout.trim();
  expect(container).toMatch(/^shiplock-test-crashed-\d+$/);
  await startEnvironment();
  const listed = await runCommand(['docker', 'ps', '--all', '--format', '{{.Names}}']);
  expect(listed.stdout).toContain(server.container);
  expect(listed.stdout).not.toContain(container);
});

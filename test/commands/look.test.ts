import { once } from 'node:events';
import { mkdir, mkdtemp, readdir, rm, utimes, writeFile, symlink } from 'node:fs/promises';
import { createServer, type AddressInfo } from 'node:net';
import { tmpdir, userInfo } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { lookScript, parseLook } from '../../src/commands/look';
import { shells } from '../support/posix-shells';
import { runCommand } from '../support/run-command';

/** An app of which this machine has no records. */
const app = `look-test-${process.pid}`;

let home = '';
const base = (): string => join(home, '.shiplock', app, 'production');

beforeEach(async () => {
  home = join(await mkdtemp(join(tmpdir(), 'shiplock-look-')), `it's a "home"`);
  await mkdir(home);
});

afterEach(() => rm(dirname(home), { recursive: true }));

async function write(path: string, text: string, at?: Date): Promise<void> {
  const file = join(base(), path);
  await mkdir(dirname(file), { recursive: true });
  await writeFile(file, text);
  if (at !== undefined) await utimes(file, at, at);
}

async function look(shell: readonly string[], docker = 'true') {
  const argv = [...shell, '-c', lookScript, 'sh', app, 'production', docker];
  const { code, stdout, stderr } = await runCommand(['env', `HOME=${home}`, ...argv]);
  expect([code, stderr]).toEqual([0, '']);
  return parseLook(stdout);
}

/** Listens at an address, on a port that is free. */
async function listening(address: string) {
  const server = createServer().listen(0, address);
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  return { port, close: () => new Promise((resolve) => server.close(resolve)) };
}

describe.each(shells)('%s', (_, shell) => {
  test('on a host that knows nothing of the app', async () => {
    const seen = await look(shell, 'no-such-docker');
    const { username, uid, gid } = userInfo();
    expect(seen).toMatchObject({
      user: username,
      uid,
      gid,
      missingTools: [],
      dockerError: 'no-such-docker: not found',
      bases: [],
      state: null,
      lease: null,
      releases: [],
      journal: null,
      keepers: [],
    });
    expect(seen.writableBases).toContain(base());
    expect(Math.abs(seen.clock - Date.now() / 1000)).toBeLessThan(5);
    expect(await readdir(home)).toEqual([]);
  });

  test('names the ports that something listens on, in either protocol of the internet', async () => {
    const servers = await Promise.all(['127.0.0.1', '::1'].map(listening));
    const { listening: ports } = await look(shell);
    expect(ports).toEqual(expect.arrayContaining(servers.map(({ port }) => port)));
    await Promise.all(servers.map(({ close }) => close()));
    const after = (await look(shell)).listening;
    expect(servers.filter(({ port }) => after.includes(port))).toEqual([]);
  });

  test('on a host that has served before, every text comes as it is', async () => {
    await write('state.json', '{"app":"größe"}\n');
    await write('state.prev.json', '{"app":"before"}');
    await write('lease', '{"epoch":3}\n');
    await write('releases/1-v1/release.json', 'one\n');
    await write('releases/2-v2/release.json', 'two');
    await write('releases/2-v2/compose.json', 'secret');
    await write('releases/3-half/compose.json', 'secret');
    await write('keeper/aa.mjs', '');
    await write('keeper/bb.mjs', '');
    const seen = await look(shell);
    expect(seen).toMatchObject({
      dockerError: '',
      bases: [base()],
      state: '{"app":"größe"}\n',
      lease: '{"epoch":3}\n',
      journal: null,
      keepers: ['aa.mjs', 'bb.mjs'],
    });
    expect(seen.releases).toEqual([
      { path: 'releases/1-v1/release.json', text: 'one\n' },
      { path: 'releases/2-v2/release.json', text: 'two' },
    ]);
    expect(seen.previousState).toBe('{"app":"before"}');
  });

  test('the journal is the one that was written last, not the one that is named last', async () => {
    await write('journal/20260301.jsonl', 'newest\n', new Date(3_000_000));
    await write('journal/20260302.jsonl', 'older\n', new Date(2_000_000));
    await write('journal/20260309.plan.json', 'no journal', new Date(9_000_000));
    expect((await look(shell)).journal).toBe('newest\n');
  });

  test('what is free where the run writes, and who has the same name once it is joined', async () => {
    await mkdir(join(home, '.shiplock', app.replace(/-\d+$/, ''), `${process.pid}-production`), {
      recursive: true,
    });
    const seen = await look(shell);
    expect(seen.twins).toEqual([`look-test/${process.pid}-production`]);
    const room = seen.rooms.find(({ path }) => path === base());
    expect(room?.bytes).toBeGreaterThan(0);
    expect(seen.rooms.map(({ path }) => path)).toContain('/tmp');
  });

  test('a file, and a link that leads nowhere, in the place of the folder', async () => {
    await mkdir(dirname(base()), { recursive: true });
    await writeFile(base(), '');
    expect(await look(shell)).toMatchObject({ bases: [], blocked: [base()] });
    await rm(base());
    await symlink('/nowhere/at/all', base());
    expect(await look(shell)).toMatchObject({ bases: [], blocked: [base()] });
  });

  test('an empty lease is there, and empty', async () => {
    await write('lease', '');
    expect((await look(shell)).lease).toBe('');
  });
});

const tools = ['tr', 'id', 'date', 'stat', 'dirname', 'ls', 'head', 'df', 'awk', 'cat', 'cmp'];

test.each([
  ['flock', [...tools, 'base64', 'tar', 'mktemp'], ['flock']],
  ['two of them', [...tools, 'base64', 'tar'], ['flock', 'mktemp']],
  // By it all answers come: no other one can.
  ['base64', [...tools, 'tar', 'mktemp', 'flock'], ['base64']],
])('what the release needs and the host lacks is named: %s', async (_, there, missing) => {
  const bin = join(home, 'bin');
  await mkdir(bin);
  for (const tool of there) {
    const { stdout } = await runCommand(['sh', '-c', `command -v ${tool}`]);
    await writeFile(join(bin, tool), `#!/bin/sh\nexec ${stdout.trim()} "$@"\n`, { mode: 0o755 });
  }
  const argv = ['/bin/sh', '-c', lookScript, 'sh', app, 'production', 'docker'];
  const { stdout } = await runCommand(['env', '-i', `PATH=${bin}`, `HOME=${home}`, ...argv]);
  expect(parseLook(stdout).missingTools).toEqual(missing);
});

describe('parseLook', () => {
  test('what a login shell prints of its own is passed over', () => {
    const line = (name: string, value: string): string =>
      `${name}\t${Buffer.from(value).toString('base64')}\n`;
    const output = `Last login: today\n${line('user', 'deploy')}${line('socket-gid', '998')}${line('uid', '1000')}`;
    expect(parseLook(output)).toMatchObject({ user: 'deploy', uid: 1000, socketGid: 998 });
  });

  test('a socket whose group cannot be read counts as none', () => {
    expect(parseLook('socket-gid\t\n').socketGid).toBeNull();
    expect(parseLook('').socketGid).toBeNull();
  });
});

import { setTimeout as wait } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { connectEngine } from '../../../src/platform/docker-api/docker-api';
import type { Engine } from '../../../src/platform/docker-api/docker-api';
import type { ContainerSpec } from '../../../src/platform/docker-api/specs';
import type { LogLine } from '../../../src/platform/docker-api/types';
import type { Host } from '../../../src/platform/host';
import { connectSsh } from '../../../src/platform/ssh/ssh-host';
import { type Environment, startEnvironment } from '../../support/environment';

let environment: Environment;
let host: Host;
beforeAll(async () => {
  environment = await startEnvironment();
  await environment.pushImage('debian:trixie-slim', 'shiplock-test/engine:1');
  const server = await environment.startServer({ name: 'engine' });
  host = await connectSsh({
    destination: { user: 'deploy', host: server.host, port: server.sshPort },
    privateKey: server.privateKey,
    knownHosts: [await server.knownHosts()],
  });
});
afterAll(async () => {
  await host.close();
  await environment.stop();
});

const image = '127.0.0.1:5000/shiplock-test/engine:1';
const overSsh = () =>
  connectEngine({ open: () => host.openStream(['docker', 'system', 'dial-stdio']) });
const overSocket = () => connectEngine({ socketPath: '/var/run/docker.sock' });

describe.each<[string, () => Promise<Engine>]>([
  ['over the socket', overSocket],
  ['over SSH', overSsh],
])('an engine %s', (_name, open) => {
  const label = `shiplock-test-engine=${process.pid}`;
  let engine: Engine;
  let counter = 0;

  beforeAll(async () => {
    engine = await open();
    await engine.pullImage(image);
  });
  afterAll(async () => {
    for (const { id } of await engine.listContainers({ all: true, labels: [label] })) {
      await engine.removeContainer(id, { force: true, volumes: true });
    }
    engine.close();
  });

  const create = (script: string, more: Partial<ContainerSpec> = {}) => {
    counter += 1;
    const [key = '', value = ''] = label.split('=');
    return engine.createContainer(`shiplock-test-engine-${process.pid}-${counter}`, {
      Image: image,
      Entrypoint: ['sh', '-c', script],
      Labels: { [key]: value },
      ...more,
    });
  };
  const run = async (script: string, more: Partial<ContainerSpec> = {}) => {
    const id = await create(script, more);
    await engine.startContainer(id);
    return id;
  };
  const linesOf = async (lines: AsyncIterable<LogLine>) => {
    const list: LogLine[] = [];
    for await (const line of lines) list.push(line);
    return list;
  };

  test('names its versions', async () => {
    await engine.ping();
    const version = await engine.version();
    expect(version.components).toContain('Engine');
    expect(version.apiVersion).toMatch(/^1\.4\d$/);
    expect(await engine.info()).toMatchObject({ rootless: false, dockerRoot: '/var/lib/docker' });
  });

  test('takes a container through its life', async () => {
    const id = await create('trap "exit 7" TERM; sleep 60 & wait', {
      HostConfig: { RestartPolicy: { Name: 'on-failure', MaximumRetryCount: 2 } },
    });
    expect((await engine.inspectContainer(id)).state).toMatchObject({
      status: 'created',
      running: false,
    });
    await engine.startContainer(id);
    await engine.startContainer(id);
    const running = await engine.inspectContainer(id);
    expect(running.state.running && running.state.pid > 0).toBe(true);
    expect(running.restartPolicy).toEqual({ name: 'on-failure', maximumRetryCount: 2 });
    expect(running.networks.bridge?.ipAddress).toMatch(/^\d+\.\d+\.\d+\.\d+$/);
    await engine.setRestartPolicy(id, 'no');
    await engine.stopContainer(id, 5);
    await engine.stopContainer(id, 5);
    const stopped = await engine.inspectContainer(id);
    expect(stopped.restartPolicy.name).toBe('no');
    expect(stopped.state).toMatchObject({ running: false, exitCode: 7, status: 'exited' });
    const listed = await engine.listContainers({ all: true, labels: [label] });
    expect(listed.find((one) => one.id === id)).toMatchObject({
      state: 'exited',
      names: [stopped.name],
    });
    expect((await engine.listContainers({ labels: [label] })).some((one) => one.id === id)).toBe(
      false,
    );
    await engine.removeContainer(id);
    await expect(engine.inspectContainer(id)).rejects.toMatchObject({ status: 404 });
  });

  test('says no with its own words and status', async () => {
    const id = await create('true');
    const { name } = await engine.inspectContainer(id);
    await expect(
      engine.createContainer(name, { Image: image, Cmd: ['true'] }),
    ).rejects.toMatchObject({
      status: 409,
      message: expect.stringContaining('already in use'),
    });
    await expect(engine.killContainer(id, 'SIGTERM')).rejects.toMatchObject({ status: 409 });
    await expect(
      engine.createContainer('x-y', { Image: 'no/such:1', Cmd: ['true'] }),
    ).rejects.toMatchObject({
      status: 404,
    });
    await expect(engine.inspectContainer('no?such=1')).rejects.toMatchObject({ status: 404 });
    // A name is never a way to another path: the engine's redirect to the cleaned one is not followed.
    await expect(engine.inspectContainer('../info')).rejects.toMatchObject({ status: 301 });
    await expect(engine.inspectNetwork('no-such')).rejects.toMatchObject({
      status: 404,
      fault: 'remote',
    });
    await expect(engine.inspectVolume('no-such')).rejects.toMatchObject({ status: 404 });
    await expect(engine.inspectImage('no-such:1')).rejects.toMatchObject({ status: 404 });
  });

  test('waits for the end of a container', async () => {
    const id = await run('sleep 0.3; exit 9');
    expect(await engine.waitContainer(id)).toBe(9);
    const endless = await run('sleep 60');
    await expect(engine.waitContainer(endless, { timeoutMs: 200 })).rejects.toMatchObject({
      reason: 'deadline',
    });
    const abort = new AbortController();
    setTimeout(() => abort.abort(), 200);
    await expect(engine.waitContainer(endless, { signal: abort.signal })).rejects.toMatchObject({
      reason: 'aborted',
    });
    await engine.killContainer(endless, 'SIGKILL');
    expect(await engine.waitContainer(endless)).toBe(137);
  });

  test('gives the lines of both outputs, or of a terminal', async () => {
    const id = await run('echo one; echo two >&2; printf three');
    await engine.waitContainer(id);
    const lines = await linesOf(engine.containerLogs(id));
    expect(lines.toSorted((a, b) => a.line.localeCompare(b.line))).toEqual([
      { stream: 'stdout', line: 'one' },
      { stream: 'stdout', line: 'three' },
      { stream: 'stderr', line: 'two' },
    ]);
    expect(await linesOf(engine.containerLogs(id, { tail: 1 }))).toHaveLength(1);
    const terminal = await run('echo one; echo two >&2', { Tty: true });
    await engine.waitContainer(terminal);
    expect(await linesOf(engine.containerLogs(terminal))).toEqual([
      { stream: 'stdout', line: 'one' },
      { stream: 'stdout', line: 'two' },
    ]);
  });

  test('gives a large log whole', async () => {
    const id = await run('seq 1 200000');
    await engine.waitContainer(id);
    const lines = await linesOf(engine.containerLogs(id));
    expect(lines).toHaveLength(200_000);
    expect(lines.every(({ line }, index) => line === String(index + 1))).toBe(true);
  });

  test('follows a log until it is called off, or left, or the container ends', async () => {
    const id = await run('i=0; while sleep 0.05; do i=$((i+1)); echo $i; done');
    const abort = new AbortController();
    const seen: string[] = [];
    for await (const { line } of engine.containerLogs(id, { follow: true, signal: abort.signal })) {
      seen.push(line);
      if (seen.length === 3) abort.abort();
    }
    expect(seen.slice(0, 3)).toEqual(['1', '2', '3']);
    for await (const { line } of engine.containerLogs(id, { follow: true })) {
      if (line === '5') break;
    }
    const rest = linesOf(engine.containerLogs(id, { follow: true, tail: 0 }));
    await engine.killContainer(id, 'SIGKILL');
    expect(Array.isArray(await rest)).toBe(true);
  });

  test('writes into the stdin of a container, line by line, and closes it', async () => {
    const id = await create('while read -r line; do echo "got $line"; done; echo closed', {
      OpenStdin: true,
      StdinOnce: true,
    });
    const stdin = await engine.attachStdin(id);
    await engine.startContainer(id);
    stdin.write('{"go":true}\n');
    const lines = engine.containerLogs(id, { follow: true })[Symbol.asyncIterator]();
    expect((await lines.next()).value).toMatchObject({ line: 'got {"go":true}' });
    stdin.end('last\n');
    expect((await lines.next()).value).toMatchObject({ line: 'got last' });
    expect((await lines.next()).value).toMatchObject({ line: 'closed' });
    expect(await engine.waitContainer(id)).toBe(0);
  });

  test('keeps a stdin open for a later writer when the first is gone', async () => {
    const id = await create('while read -r line; do echo "got $line"; done', { OpenStdin: true });
    await engine.startContainer(id);
    (await engine.attachStdin(id)).destroy();
    const second = await engine.attachStdin(id);
    second.write('hello\n');
    const lines = engine.containerLogs(id, { follow: true })[Symbol.asyncIterator]();
    expect((await lines.next()).value).toMatchObject({ line: 'got hello' });
    await lines.return?.();
    second.destroy();
  });

  test('runs commands in a container', async () => {
    const id = await run('sleep 60');
    expect(
      await engine.exec(id, ['sh', '-c', 'cat; echo no >&2; exit 4'], { stdin: 'yes' }),
    ).toEqual({
      code: 4,
      stdout: 'yes',
      stderr: 'no\n',
      truncated: false,
    });
    const words = ['', "it's", '$(id)', 'a\nb', '-n'];
    const said = await engine.exec(id, ['printf', '%s\\0', ...words]);
    expect(said.stdout.split('\0').slice(0, -1)).toEqual(words);
    const inside = { environment: ['WHO=me'], workingDir: '/tmp', user: '1000' };
    const where = await engine.exec(id, ['sh', '-c', 'echo $WHO $PWD $(id -u)'], inside);
    expect(where.stdout).toBe('me /tmp 1000\n');
    expect((await engine.exec(id, ['no-such-program'])).code).toBe(126);
    const much = await engine.exec(id, ['head', '-c', '500000', '/dev/zero'], {
      maxOutputBytes: 1000,
    });
    expect(much).toMatchObject({ code: 0, truncated: true });
    expect(much.stdout).toHaveLength(1000);
    const late = engine.exec(id, ['sleep', '30'], { timeoutMs: 300 });
    await expect(late).rejects.toMatchObject({ reason: 'deadline', outcome: 'unknown' });
  });

  test('tells the health of a container', async () => {
    const id = await run('sleep 60', {
      Healthcheck: {
        Test: ['CMD-SHELL', 'echo checked; exit 1'],
        Interval: 1e8,
        Retries: 2,
        Timeout: 1e9,
      },
    });
    const deadline = Date.now() + 15_000;
    let details = await engine.inspectContainer(id);
    while (details.state.health?.status !== 'unhealthy' && Date.now() < deadline) {
      await wait(100);
      details = await engine.inspectContainer(id);
    }
    expect(details.hasHealthCheck).toBe(true);
    expect(details.state.health).toMatchObject({ status: 'unhealthy' });
    expect(details.state.health?.log[0]).toMatchObject({ exitCode: 1, output: 'checked\n' });
    const off = await create('true', { Healthcheck: { Test: ['NONE'] } });
    expect((await engine.inspectContainer(off)).hasHealthCheck).toBe(false);
  });

  test('makes and finds networks, and connects a container before its start', async () => {
    const Name = `shiplock-test-engine-${process.pid}`;
    const id = await engine.createNetwork({
      Name,
      Labels: { 'shiplock-test-net': String(process.pid) },
      Internal: true,
    });
    await expect(engine.createNetwork({ Name })).rejects.toMatchObject({ status: 409 });
    const container = await create('sleep 60');
    await engine.connectNetwork(Name, container, ['backend']);
    await engine.startContainer(container);
    expect(await engine.inspectNetwork(Name)).toMatchObject({
      id,
      internal: true,
      driver: 'bridge',
      containers: [container],
    });
    expect((await engine.inspectContainer(container)).networks[Name]?.aliases).toContain('backend');
    const found = await engine.listNetworks({ labels: [`shiplock-test-net=${process.pid}`] });
    expect(found.map(({ name }) => name)).toEqual([Name]);
    await engine.removeContainer(container, { force: true });
    await engine.removeNetwork(id);
    expect(await engine.listNetworks({ names: [Name] })).toEqual([]);
  });

  test('finds volumes, and removes anonymous ones with their container', async () => {
    const id = await create('true', {
      HostConfig: { Mounts: [{ Type: 'volume', Target: '/data' }] },
    });
    const [mount] = (await engine.inspectContainer(id)).mounts;
    expect(mount).toMatchObject({ type: 'volume', destination: '/data', readOnly: false });
    expect((await engine.inspectVolume(mount?.name ?? '')).mountpoint).toBe(mount?.source);
    await engine.removeContainer(id, { volumes: true });
    expect((await engine.listVolumes()).some(({ name }) => name === mount?.name)).toBe(false);
  });

  test('pulls by tag and by digest, and knows the digest before', async () => {
    const progress: string[] = [];
    const digest = await engine.distributionDigest(image);
    expect(digest).toMatch(/^sha256:[0-9a-f]{64}$/);
    const pinned = `${image.replace(/:[^:/]+$/, '')}@${digest}`;
    await engine.pullImage(pinned, { onProgress: (line) => progress.push(line) });
    expect(progress.join('\n')).toContain(digest);
    expect((await engine.inspectImage(pinned)).digests).toContain(pinned);
  });

  test('says why it cannot pull', async () => {
    const missing = image.replace(/:[^:/]+$/, ':no-such-tag');
    await expect(engine.pullImage(missing)).rejects.toMatchObject({
      name: 'EngineError',
      message: expect.stringContaining(`The image ${missing} cannot be pulled: `),
    });
    await expect(engine.distributionDigest(missing)).rejects.toMatchObject({ name: 'EngineError' });
    await expect(engine.pullImage('127.0.0.1:1/none:1')).rejects.toThrow('connection refused');
  });

  test('reports events until it is called off', async () => {
    const abort = new AbortController();
    const seen: string[] = [];
    const reading = (async () => {
      for await (const event of engine.events({ labels: [label], signal: abort.signal })) {
        seen.push(`${event.type} ${event.action}`);
        if (event.action === 'die') abort.abort();
      }
    })();
    await wait(300);
    const id = await run('true');
    await engine.waitContainer(id);
    await reading;
    expect(seen).toEqual(
      expect.arrayContaining(['container create', 'container start', 'container die']),
    );
  });

  test('answers many calls at once while others wait', async () => {
    const abort = new AbortController();
    const id = await run('sleep 60');
    const waiting = [1, 2, 3].map(() =>
      engine.waitContainer(id, { signal: abort.signal }).catch(() => 'called off'),
    );
    const answers = await Promise.all(
      Array.from({ length: 40 }, () => engine.inspectContainer(id)),
    );
    expect(answers.every((one) => one.id === id)).toBe(true);
    abort.abort();
    expect(await Promise.all(waiting)).toEqual(['called off', 'called off', 'called off']);
  });
});

test('over SSH short calls share a few channels', async () => {
  const engine = await overSsh();
  const before = host.roundTrips;
  for (let turn = 0; turn < 20; turn += 1) await engine.info();
  expect(host.roundTrips - before).toBe(0);
  await Promise.all(Array.from({ length: 20 }, () => engine.version()));
  expect(host.roundTrips - before).toBeLessThanOrEqual(4);
  engine.close();
});

test('an engine that is not there is told with what its host says', async () => {
  await expect(connectEngine({ socketPath: '/nonexistent.sock' })).rejects.toMatchObject({
    reason: 'unreachable',
    hint: expect.stringContaining('installed'),
  });
  const open = () =>
    host.openStream(['docker', '-H', 'unix:///nonexistent.sock', 'system', 'dial-stdio']);
  await expect(connectEngine({ open })).rejects.toMatchObject({
    reason: 'unreachable',
    message: expect.stringContaining('nonexistent.sock'),
  });
  const missing = () => host.openStream(['no-docker-here', 'system', 'dial-stdio']);
  await expect(connectEngine({ open: missing })).rejects.toMatchObject({
    reason: 'unreachable',
    message: expect.stringMatching(/no-docker-here.*not found/),
  });
});

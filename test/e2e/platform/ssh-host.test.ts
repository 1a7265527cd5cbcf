import { Readable } from 'node:stream';
import { setTimeout as wait } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import type { Host } from '../../../src/platform/host';
import { localHost } from '../../../src/platform/local-host';
import { connectSsh } from '../../../src/platform/ssh/ssh-host';
import { script } from '../../../src/commands/shell';
import { startEnvironment } from '../../support/environment';
import { LoopbackSshd } from '../../support/loopback-sshd';

let sshd: LoopbackSshd;
beforeAll(async () => {
  sshd = await LoopbackSshd.start();
});
afterAll(() => sshd.stop());

const connect = () =>
  connectSsh({
    destination: sshd.destination,
    privateKey: sshd.userKey,
    knownHosts: [sshd.knownHostsLine('ed25519')],
  });

describe.each<[string, () => Promise<Host>]>([
  ['over SSH', connect],
  ['here', () => Promise.resolve(localHost())],
])('a host %s', (_name, open) => {
  let host: Host;
  beforeAll(async () => {
    host = await open();
  });
  afterAll(() => host.close());

  test.each([0, 1, 3, 126, 255])('resolves with exit code %i', async (code) => {
    const result = await host.exec(script('echo out; echo err >&2; exit "$1"', [String(code)]));
    expect(result).toEqual({ code, stdout: 'out\n', stderr: 'err\n' });
  });

  test('gives arguments unchanged to the program', async () => {
    const words = ['', '-n', '$(id)', "it's", 'a\nb', '*', '"', '\\', 'ü€😀'];
    const { stdout } = await host.exec(['printf', '%s\\0', ...words]);
    expect(stdout.split('\0').slice(0, -1)).toEqual(words);
  });

  test('sends stdin, whole and closed', async () => {
    const megabytes = 'x'.repeat(3_000_000);
    expect((await host.exec(['wc', '-c'], { stdin: megabytes })).stdout.trim()).toBe('3000000');
    const stream = Readable.from([Buffer.from('one '), Buffer.from('two')]);
    expect((await host.exec(['cat'], { stdin: stream })).stdout).toBe('one two');
    expect((await host.exec(['cat'])).stdout).toBe('');
  });

  test('does not mind a command that leaves its stdin unread', async () => {
    const result = await host.exec(['true'], { stdin: 'x'.repeat(10_000_000) });
    expect(result.code).toBe(0);
  });

  test('tells a killed command from a failed one', async () => {
    const killed = host.exec(script('kill -KILL $$'));
    await expect(killed).rejects.toMatchObject({
      reason: 'killed',
      outcome: 'ended',
      message: expect.stringContaining('killed by SIGKILL'),
    });
  });

  test('gives up at the deadline and stays usable', async () => {
    const late = host.exec(['sleep', '5'], { timeoutMs: 200 });
    await expect(late).rejects.toMatchObject({ reason: 'deadline', outcome: 'unknown' });
    expect((await host.exec(['echo', 'still here'])).stdout).toBe('still here\n');
  });

  test('stops a command that prints without end', async () => {
    const endless = host.exec(['yes'], { maxOutputBytes: 100_000, timeoutMs: 10_000 });
    await expect(endless).rejects.toMatchObject({ reason: 'too-much-output' });
    expect((await host.exec(['echo', 'still here'])).stdout).toBe('still here\n');
  });

  test('passes stdout on as it comes, without a limit', async () => {
    const chunks: Buffer[] = [];
    const early: number[] = [];
    const result = await host.exec(script('echo first; sleep 0.3; head -c 3000000 /dev/zero'), {
      maxOutputBytes: 1_000,
      onStdout: (chunk) => {
        if (chunks.length === 0) early.push(performance.now());
        chunks.push(chunk);
      },
    });
    expect(performance.now() - (early[0] ?? Infinity)).toBeGreaterThan(200);
    expect(result).toEqual({ code: 0, stdout: '', stderr: '' });
    expect(Buffer.concat(chunks)).toHaveLength(3_000_006);
  });

  test("makes a reader's error the call's own", async () => {
    const broken = host.exec(['echo', 'x'], {
      onStdout: () => {
        throw new Error('the reader failed');
      },
    });
    await expect(broken).rejects.toThrow('the reader failed');
  });

  test('a stream carries bytes both ways and ends with the command', async () => {
    const stream = await host.openStream(['cat']);
    const bytes = Buffer.from(Array.from({ length: 300_000 }, (_, index) => index % 256));
    stream.end(bytes);
    const chunks: Buffer[] = [];
    for await (const chunk of stream as AsyncIterable<Buffer>) chunks.push(chunk);
    expect(Buffer.concat(chunks).equals(bytes)).toBe(true);
  });

  test("a stream whose command fails is destroyed with the command's last words", async () => {
    const stream = await host.openStream(script('echo no such engine >&2; exit 1'));
    const failure = new Promise((resolve) => stream.once('error', resolve));
    stream.resume();
    expect(await failure).toMatchObject({
      message: expect.stringMatching(/code 1: no such engine$/),
    });
  });

  test('a destroyed stream lets its command end', async () => {
    const stream = await host.openStream(script('cat; echo "$$ ended" >> "$0.log"; exit 0'));
    stream.destroy();
    await new Promise((resolve) => stream.once('close', resolve));
    expect((await host.exec(['echo', 'still here'])).stdout).toBe('still here\n');
  });

  test('serves ten commands at once', async () => {
    const runs = Array.from({ length: 9 }, (_, index) =>
      host.exec(script('sleep 0.2; echo "$1"', [String(index)])),
    );
    const outputs = (await Promise.all(runs)).map(({ stdout }) => stdout.trim());
    expect(outputs).toEqual(Array.from({ length: 9 }, (_, index) => String(index)));
  });

  test('counts what it opened', async () => {
    const before = host.roundTrips;
    await host.exec(['true']);
    (await host.openStream(['true'])).destroy();
    expect(host.roundTrips - before).toBe(2);
  });
});

describe('an SSH connection', () => {
  test('that is dropped leaves the outcome unknown, at once and without a crash', async () => {
    const host = await connect();
    const running = host.exec(['sleep', '20']).catch((thrown: unknown) => thrown);
    const stream = await host.openStream(['cat']);
    const broken = new Promise((resolve) => stream.once('error', resolve));
    await wait(200);
    const start = performance.now();
    sshd.dropConnections();
    expect(await running).toMatchObject({ reason: 'lost', outcome: 'unknown', fault: 'remote' });
    expect(await broken).toMatchObject({ reason: 'lost', outcome: 'unknown' });
    expect(performance.now() - start).toBeLessThan(2_000);
    await expect(host.exec(['true'])).rejects.toMatchObject({
      reason: 'unreachable',
      outcome: 'none',
    });
    await host.close();
  });

  test('that is closed by us ends what runs on it', async () => {
    const host = await connect();
    const running = host.exec(['sleep', '20']).catch((thrown: unknown) => thrown);
    await wait(100);
    await host.close();
    expect(await running).toMatchObject({ outcome: 'unknown' });
    await expect(host.exec(['true'])).rejects.toMatchObject({ outcome: 'none' });
  });

  test('gets a second one when the server allows no more sessions on the first', async () => {
    const host = await connect();
    const connections = () => sshd.log.split('Accepted publickey').length;
    const before = connections();
    const streams = await Promise.all(Array.from({ length: 10 }, () => host.openStream(['cat'])));
    expect(connections()).toBe(before);
    expect((await host.exec(['echo', 'in'])).stdout).toBe('in\n');
    expect(connections()).toBe(before + 1);
    for (const stream of streams) stream.destroy();
    await host.close();
  });

  test('asks for no terminal and forwards no agent', async () => {
    const host = await connect();
    const tty = await host.exec(script('tty; echo "agent=$SSH_AUTH_SOCK"'));
    expect(tty.stdout).toBe('not a tty\nagent=\n');
    await host.close();
  });

  test('refuses a command line that the server could not start', async () => {
    const host = await connect();
    await expect(host.exec(['echo', 'x'.repeat(131_072)])).rejects.toThrow('more arguments');
    expect((await host.exec(['echo', 'x'.repeat(131_000)])).stdout).toHaveLength(131_001);
    await host.close();
  });

  test('over which nothing comes any more is given up within a minute and a bit', async () => {
    const environment = await startEnvironment();
    const server = await environment.startServer({ name: 'mute' });
    const host = await connectSsh({
      destination: { user: 'deploy', host: server.host, port: server.sshPort },
      privateKey: server.privateKey,
      knownHosts: [await server.knownHosts()],
    });
    const running = host.exec(['sleep', '300'], { timeoutMs: 300_000 });
    const start = performance.now();
    await server.pause();
    await expect(running).rejects.toMatchObject({ reason: 'lost', outcome: 'unknown' });
    expect(performance.now() - start).toBeLessThan(65_000);
    await server.resume();
    await host.close();
    await environment.stop();
  });
});

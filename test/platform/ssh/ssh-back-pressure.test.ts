import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { readAll } from '../../../src/operations/backup/passing';
import type { Host } from '../../../src/platform/host';
import { connectSsh } from '../../../src/platform/ssh/ssh-host';
import { LoopbackSshd } from '../../support/loopback-sshd';

const folder = mkdtempSync(join(tmpdir(), 'shiplock-pressure-'));
let sshd: LoopbackSshd;
let host: Host;

beforeAll(async () => {
  sshd = await LoopbackSshd.start();
  const { destination, userKey: privateKey } = sshd;
  const knownHosts = [sshd.knownHostsLine('ed25519')];
  host = await connectSsh({ destination, privateKey, knownHosts });
});
afterAll(async () => {
  await host.close();
  await sshd.stop();
  rmSync(folder, { recursive: true });
});

test('a command whose output nobody takes waits, and its output is not gathered here', async () => {
  const bytes = 60_000_000;
  const written = join(folder, 'written');
  const stream = await host.openStream([
    ...['sh', '-c', 'head -c "$1" /dev/zero; : >"$2"'],
    ...['sh', String(bytes), written],
  ]);
  // Long enough for all of it to arrive if nothing held it back: that takes a second.
  await wait(3_000);
  expect(existsSync(written)).toBe(false);
  expect(stream.readableLength).toBeLessThan(8_000_000);
  expect((await readAll(stream, 'zeros')).bytes).toBe(bytes);
  expect(existsSync(written)).toBe(true);
}, 60_000);

import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { resticRunner } from '../../src/wiring/restic-runner';

let folder = '';
let mirror: Server;
let asked: string[] = [];
let status = 200;

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'shiplock-restic-'));
  asked = [];
  status = 200;
  mirror = createServer(({ url }, answer) => {
    asked.push(url ?? '');
    answer.writeHead(status).end('no restic');
  }).listen(0, '127.0.0.1');
  await new Promise((listening) => mirror.once('listening', listening));
});
afterEach(() => {
  mirror.close();
  rmSync(folder, { recursive: true });
});

/** A runner whose PATH has a restic that says this of itself; null = none. */
function runnerWith(version: string | null) {
  if (version !== null) {
    const program = join(folder, 'restic');
    writeFileSync(program, `#!/bin/sh\necho 'restic ${version} compiled with go1.24'\n`);
    chmodSync(program, 0o755);
  }
  const { port } = mirror.address() as AddressInfo;
  const source = {
    mirror: `http://127.0.0.1:${port}`,
    signal: new AbortController().signal,
    tell: () => undefined,
  };
  return resticRunner({ PATH: folder }, source);
}

test('one on PATH that is new enough is taken, and nothing is asked of the network', async () => {
  const { stdout } = await runnerWith('0.14.0').exec(['restic', 'version']);
  expect([stdout, asked]).toEqual(['restic 0.14.0 compiled with go1.24\n', []]);
});

test.each([
  ['none', null],
  ['an old one', '0.13.1'],
])(
  'with %s on PATH the pinned one is asked for, and another file is not run',
  async (_what, version) => {
    const running = runnerWith(version).exec(['restic', 'version']);
    await expect(running).rejects.toThrow('gave another file than the pinned one');
    expect(asked).toEqual([
      expect.stringMatching(/^\/restic\/restic\/releases\/download\/v[\d.]+\/restic_.*\.bz2$/),
    ]);
  },
);

test('where it cannot be had, the failure says what to do', async () => {
  status = 404;
  const running = runnerWith(null).exec(['restic', 'version']);
  await expect(running).rejects.toMatchObject({ hint: expect.stringContaining('tool-mirror') });
});

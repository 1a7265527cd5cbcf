import { chmod, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { onHostAsRoot, wasNotAllowed } from '../../src/commands/proxy-on-host';
import { shells } from '../support/posix-shells';
import { runCommand } from '../support/run-command';

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'shiplock-proxy-'));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

const program = async (name: string, text: string): Promise<void> => {
  await writeFile(join(folder, name), `#!/bin/sh\n${text}\n`);
  await chmod(join(folder, name), 0o755);
};
/** Runs our script as the shell's argv has it, with stand-ins for who asks and for what root may. */
const run = (shell: readonly string[]) => {
  const [, ...rest] = onHostAsRoot(['nginx', '-T']);
  return runCommand(['env', `PATH=${folder}:/usr/bin:/bin`, ...shell, ...rest]);
};

describe.each(shells)('%s', (_, shell) => {
  test('root runs it directly, anybody else by sudo without a password', async () => {
    await program('nginx', 'echo "nginx $*"');
    await program('sudo', 'echo "sudo $*"');
    await program('id', 'echo 0');
    expect(await run(shell)).toMatchObject({ code: 0, stdout: 'nginx -T\n' });
    await program('id', 'echo 1000');
    expect(await run(shell)).toMatchObject({ code: 0, stdout: `sudo -n ${folder}/nginx -T\n` });
  });

  test('who may not is told apart from a configuration that is bad', async () => {
    await program('id', 'echo 1000');
    await program('nginx', 'exit 0');
    await program('sudo', 'echo "sudo: a password is required" >&2; exit 1');
    expect(wasNotAllowed(await run(shell), 'nginx')).toBe(true);
    await program('sudo', 'echo "nginx: [emerg] unknown directive" >&2; exit 1');
    expect(wasNotAllowed(await run(shell), 'nginx')).toBe(false);
    await program('sudo', 'exit 0');
    expect(wasNotAllowed(await run(shell), 'nginx')).toBe(false);
  });

  test('a server without it says so', async () => {
    await program('id', 'echo 0');
    const end = await run(shell);
    expect(end).toMatchObject({ code: 127, stderr: 'nginx: not found\n' });
  });
});

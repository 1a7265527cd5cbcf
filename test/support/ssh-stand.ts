import { fileURLToPath } from 'node:url';
import { setTimeout as wait } from 'node:timers/promises';
import type { SshOptions } from '../../src/platform/ssh/ssh-route';
import { buildImage, startEnvironment } from './environment';
import { freePort } from './free-port';
import { ownerLabel } from './owner';
import { docker } from './run-command';

const folder = fileURLToPath(new URL('../environment/ssh-stand', import.meta.url));

/** A container that is nothing but an sshd, with the users of test/environment/ssh-stand. */
export interface SshStand {
  /** How to log in as one of its users. */
  optionsFor(user: string): SshOptions;
  exec(argv: readonly string[]): Promise<string>;
  stop(): Promise<void>;
}

/** Starts it and resolves when it has a host key, which it makes just before it listens. */
export async function startSshStand(): Promise<SshStand> {
  const { parts, deployKey } = await startEnvironment();
  const image = await buildImage('shiplock-test-ssh-stand', folder, [
    ...['--build-arg', `SERVER=${parts.serverImage}`],
  ]);
  const container = `shiplock-test-ssh-stand-${process.pid}`;
  const port = await freePort();
  await docker([
    ...['run', '--detach', '--name', container, '--label', 'shiplock-test'],
    ...['--label', ownerLabel(), '--publish', `127.0.0.1:${port}:22`],
    ...['--env', `AUTHORIZED_KEY=${deployKey.publicKey}`, image],
  ]);
  const exec = (argv: readonly string[]) => docker(['exec', container, ...argv]);
  const pin = await hostKeyOf(exec);
  return {
    optionsFor: (user) => ({
      destination: { user, host: '127.0.0.1', port },
      privateKey: deployKey.privateKey,
      knownHosts: [pin],
    }),
    exec,
    stop: async () => {
      await docker(['rm', '--force', '--volumes', container]);
    },
  };
}

async function hostKeyOf(exec: (argv: readonly string[]) => Promise<string>): Promise<string> {
  for (let attempt = 0; attempt < 100; attempt += 1) {
    const line = await exec([
      'sh',
      '-c',
      'pgrep -x sshd >/dev/null && cat /etc/ssh/stand/host_key.pub',
    ]).catch(() => '');
    if (line !== '') return line.trim();
    await wait(100);
  }
  throw new Error('the sshd of the stand did not start');
}

import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { LoopbackSshd } from './loopback-sshd';
import { toolFolder } from './object-server';
import { outputOf } from './run-command';

/** A real restic repository behind a real sshd of this machine, and what restic needs to reach it. */
export interface SftpRepository {
  readonly url: string;
  readonly sshd: LoopbackSshd;
  /** Where its files lie. */
  readonly folder: string;
  /** Repository, password, cache, and a PATH with restic and ssh. */
  readonly environment: Readonly<
    Record<'RESTIC_REPOSITORY' | 'RESTIC_PASSWORD' | 'RESTIC_CACHE_DIR' | 'PATH', string>
  >;
  stop(): Promise<void>;
}

/** Makes it, empty. */
export async function startSftpRepository(password: string): Promise<SftpRepository> {
  const tools = await toolFolder('restic', 'openssh');
  const top = mkdtempSync(join(tmpdir(), 'shiplock-sftp-'));
  const folder = join(top, 'repository');
  const sshd = await LoopbackSshd.start({ config: ['Subsystem sftp internal-sftp'] });
  const url = `sftp://${sshd.user}@${sshd.host}:${sshd.port}/${folder}`;
  const environment = {
    ...{ RESTIC_REPOSITORY: url, RESTIC_PASSWORD: password },
    RESTIC_CACHE_DIR: join(top, 'cache'),
    PATH: `${makeClient(top, sshd)}:${tools}:${process.env['PATH'] ?? ''}`,
  };
  await outputOf(['restic', 'init'], { env: environment });
  return {
    ...{ url, sshd, folder, environment },
    stop: async () => {
      await sshd.stop();
      rmSync(top, { recursive: true });
    },
  };
}

/** The real client, with a configuration in place of that of this machine's user. */
function makeClient(top: string, sshd: LoopbackSshd): string {
  const bin = join(top, 'bin');
  mkdirSync(bin);
  writeFileSync(join(top, 'key'), sshd.userKey, { mode: 0o600 });
  writeFileSync(join(top, 'known'), `${sshd.knownHostsLine('ed25519')}\n`);
  const config = `Host *\n  IdentityFile ${top}/key\n  UserKnownHostsFile ${top}/known\n`;
  writeFileSync(join(top, 'config'), config);
  const program = join(bin, 'ssh');
  writeFileSync(program, `#!/bin/sh\nexec /usr/bin/ssh -F ${top}/config "$@"\n`);
  chmodSync(program, 0o755);
  return bin;
}

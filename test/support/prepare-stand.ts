import { existsSync } from 'node:fs';
import {
  chmod,
  cp,
  mkdir,
  mkdtemp,
  readFile,
  readdir,
  rm,
  stat,
  writeFile,
} from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { freeLeaseScript, includeReadScript, prepareScript } from '../../src/commands/prepare';
import { packFiles } from '../../src/platform/tar';
import { runCommand } from './run-command';

/** What a deploy uploads; `expected` is the lease as it was read before. */
export interface Upload {
  readonly deploy: string;
  readonly expected: string;
  readonly release?: string;
  readonly include?: string;
  readonly keeper?: string;
}

/** A folder of this machine that stands for a server's, and the real prepare script on it. */
export interface PrepareStand {
  readonly base: string;
  readonly config: string;
  /** Runs the script with the shell; `path` comes before PATH, `umask` is the login's. */
  prepare(
    upload: Upload,
    options?: { readonly path?: string; readonly umask?: string },
  ): Promise<{ readonly code: number; readonly stdout: string; readonly stderr: string }>;
  /** A file of the base, or null. */
  read(path: string): Promise<string | null>;
  /** Every file and folder under a path with its mode, such as `releases/4-v4 700`. */
  modes(folder: string): Promise<readonly string[]>;
  /** The proxy has read its include. */
  noteIncludeRead(): Promise<void>;
  /** Frees the lease that this deploy wrote. */
  free(deploy: string): ReturnType<PrepareStand['prepare']>;
  /** Another stand with the same files. */
  copy(): Promise<PrepareStand>;
  remove(): Promise<void>;
}

export const leaseOf = (deploy: string): string => `{"holder":"${deploy}"}\n`;

/** @param inside the base's and the proxy folder's path in a temporary folder, which may hold any character */
export async function prepareStand(
  shell: readonly string[],
  inside = 'plain',
): Promise<PrepareStand> {
  // In memory where there is such a place: what is tested is the order of things, not the disk.
  const place = existsSync('/dev/shm') ? '/dev/shm' : tmpdir();
  const folder = await mkdtemp(join(place, 'shiplock-prepare-'));
  const base = join(folder, inside, 'base');
  const config = join(folder, inside, 'nginx');
  await mkdir(config, { recursive: true });
  const read = (path: string): Promise<string | null> => readFile(path, 'utf8').catch(() => null);
  return {
    base,
    config,
    prepare: async (upload, { path, umask = '022' } = {}) => {
      const { deploy, release = '' } = upload;
      const args = [base, deploy, release, 'k1', config, 'shop-production.conf'];
      const text = `umask ${umask}; ${path === undefined ? '' : `PATH=${path}:$PATH; `}${prepareScript}`;
      const stdin = await packFiles(filesOf(upload));
      return runCommand([...shell, '-c', text, 'sh', ...args], { stdin, timeoutMs: 30_000 });
    },
    noteIncludeRead: async () => {
      await runCommand([...shell, '-c', includeReadScript, 'sh', base]);
    },
    free: (deploy) => {
      const args = [base, leaseOf(deploy).trimEnd(), leaseOf('').trimEnd()];
      return runCommand([...shell, '-c', freeLeaseScript, 'sh', ...args], { timeoutMs: 30_000 });
    },
    read: (path) => read(join(base, path)),
    modes: async (under) => {
      const names = await readdir(under, { recursive: true });
      const found = await Promise.all(
        names.sort().map(async (name) => {
          const { mode } = await stat(join(under, name));
          return `${name} ${(mode & 0o777).toString(8)}`;
        }),
      );
      return found;
    },
    copy: async () => {
      const other = await prepareStand(shell, inside);
      await cp(base, other.base, { recursive: true });
      await cp(config, other.config, { recursive: true });
      return other;
    },
    remove: () => rm(folder, { recursive: true, force: true }),
  };
}

function filesOf({ deploy, expected, release = '', include, keeper }: Upload) {
  const content = (what: string): string => `${what} of ${deploy}\n`;
  return [
    { path: 'lease.expected', content: expected },
    { path: 'lease.next', content: leaseOf(deploy) },
    { path: 'plan.json', content: content('plan') },
    { path: 'shared.json', content: content('shared') },
    ...(keeper === undefined ? [] : [{ path: 'keeper.mjs', content: keeper }]),
    ...(include === undefined ? [] : [{ path: 'proxy/include', content: include }]),
    { path: 'proxy/markers/green.json', content: content('green') },
    ...(release === ''
      ? []
      : ['compose.json', 'release.json', 'source.json'].map((name) => ({
          path: `release/${name}`,
          content: content(name),
        }))),
  ];
}

const commands = ['mkdir', 'rm', 'tar', 'flock', 'cmp', 'mv', 'cp', 'chmod', 'sync'];

/** Stand-ins for the commands of a script, to be put before PATH: at the call of that number `act` runs in their place. */
export async function commandsThat(act: string, number: number): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'shiplock-commands-'));
  const count = join(folder, 'count');
  await writeFile(count, '0\n');
  for (const command of commands) {
    const text = `#!/bin/sh
read -r number <${count}
number=$((number + 1))
echo $number >${count}
[ $number -ne ${number} ] || { ${act}; }
PATH=\${PATH#${folder}:}
exec ${command} "$@"
`;
    await writeFile(join(folder, command), text);
    await chmod(join(folder, command), 0o755);
  }
  return folder;
}

import { ownerLabel } from './owner';
import { docker, runCommand } from './run-command';
import type { Server } from './server';
import type { Parts } from './server-container';

export const captain = { username: 'captain', password: 'canary-p4ssw0rd-of-the-registry' };

// bcrypt, of which Node has none; the perl of the servers' image does.
const hash = 'print crypt($ENV{PASSWORD}, q($2b$05$abcdefghijklmnopqrstuu))';
const config = `version: 0.1
log: { level: warn, accesslog: { disabled: true } }
storage: { filesystem: { rootdirectory: /var/lib/registry } }
auth: { htpasswd: { realm: locked, path: /run/users } }
http: { addr: ':5000' }
`;

/** A registry behind a password. */
export interface LockedRegistry {
  /** Forwards a server's 127.0.0.1:5001 to it. */
  openOn(server: Server): Promise<void>;
  stop(): Promise<void>;
}

interface LockedOptions {
  /** Published on this port of 127.0.0.1, and empty at first; without it, it is the environment's registry once more, with all that is in it. */
  readonly emptyAt?: number;
}

/** Starts it; what is pushed to 127.0.0.1:5000 is in it as 127.0.0.1:5001, for `captain` alone, unless it is empty. */
export async function startLockedRegistry(
  { registryContainer, network, serverImage }: Parts,
  { emptyAt }: LockedOptions = {},
): Promise<LockedRegistry> {
  const name = `shiplock-test-locked-${process.pid}`;
  const image = await docker(['inspect', '--format', '{{.Config.Image}}', registryContainer]);
  const env = ['--env', `PASSWORD=${captain.password}`];
  const hashed = await docker(['run', '--rm', ...env, serverImage, 'perl', '-e', hash]);
  const write = `printf '%s' "$USERS" > /run/users; printf '%s' "$CONFIG" > /run/config.yml; exec docker-registry serve /run/config.yml`;
  await docker([
    ...['run', '--detach', '--name', name, '--label', 'shiplock-test', '--label', ownerLabel()],
    ...['--network', network],
    ...(emptyAt === undefined
      ? ['--volumes-from', registryContainer]
      : ['--publish', `127.0.0.1:${emptyAt}:5000`]),
    ...['--env', `USERS=${captain.username}:${hashed}`, '--env', `CONFIG=${config}`],
    ...[image, 'sh', '-c', write],
  ]);
  return {
    openOn: (server) => forward(server, 5001, `${name}:5000`),
    stop: async () => {
      await docker(['rm', '--force', name]);
    },
  };
}

/** Lets a port of a server's own loopback lead elsewhere, until the server ends. */
export async function forward(server: Server, port: number, to: string): Promise<void> {
  const listen = `TCP-LISTEN:${port},bind=127.0.0.1,fork,reuseaddr`;
  await keepOn(server, ['socat', listen, `TCP:${to}`]);
}

/** A stand-in for a registry in trouble of its own, which cannot be caused: answers every request on a server's 127.0.0.1:port with one status. */
export async function answerAlways(
  server: Server,
  port: number,
  status: string,
  body: string,
): Promise<void> {
  const answer = `HTTP/1.1 ${status}\\r\\nContent-Type: application/json\\r\\nContent-Length: ${body.length}\\r\\nConnection: close\\r\\n\\r\\n${body}`;
  const path = `/run/answer-${port}`;
  await server.writeFile(path, answer.replaceAll('\\r\\n', '\r\n'));
  const listen = `TCP-LISTEN:${port},bind=127.0.0.1,fork,reuseaddr`;
  // Reads the head of the request first: a close with unread bytes would be a reset.
  await keepOn(server, ['socat', listen, `SYSTEM:"sed -n /^.$/q; cat ${path}"`]);
}

async function keepOn(server: Server, argv: readonly string[]): Promise<void> {
  await docker(['exec', '--detach', server.container, ...argv]);
  const port = /LISTEN:(\d+)/.exec(argv.join(' '))?.[1] ?? '';
  const listens = `for _ in $(seq 50); do [ -z "$(ss -Hltn sport = :${port})" ] || exit 0; sleep 0.1; done; exit 1`;
  const { code } = await runCommand(['docker', 'exec', server.container, 'sh', '-c', listens]);
  if (code !== 0) throw new Error(`nothing listens on ${port} of ${server.name}`);
}

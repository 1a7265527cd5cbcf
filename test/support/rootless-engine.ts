import { fileURLToPath } from 'node:url';
import { buildImage } from './environment';
import { docker } from './run-command';
import type { Server } from './server';
import type { Parts } from './server-container';

const folder = fileURLToPath(new URL('../environment/variants', import.meta.url));
const runtime = '/run/user/1000';

export const rootlessSocket = `${runtime}/docker.sock`;

/** Image of a server with sudo, and with what a rootless engine needs. */
export function variantsImage({ serverImage }: Parts): Promise<string> {
  return buildImage('shiplock-test-variants', folder, ['--build-arg', `SERVER=${serverImage}`]);
}

// What udev, systemd-logind and the administrator do on a real server: devices, the user's runtime folder, ports below 1024 for everybody.
const prepare = `set -e
mkdir -p /dev/net
[ -e /dev/net/tun ] || mknod -m 666 /dev/net/tun c 10 200
[ -e /dev/fuse ] || mknod -m 666 /dev/fuse c 10 229
install -d -o deploy -m 700 ${runtime}
sysctl -qw net.ipv4.ip_unprivileged_port_start=0
`;

const waitReady = `for _ in $(seq 300); do docker -H unix://${rootlessSocket} info >/dev/null 2>&1 && exit 0; sleep 0.1; done; exit 1`;

/** Starts an engine of the user deploy's own, with some images. Its loopback is another one than the server's: the registry is forwarded into it. */
export async function startRootlessEngine(
  server: Server,
  images: readonly string[],
): Promise<void> {
  const inside = (argv: readonly string[]): Promise<string> =>
    docker(['exec', server.container, ...argv], { timeoutMs: 60_000 });
  await inside(['sh', '-c', prepare]);
  await docker([
    ...['exec', '--detach', '--user', 'deploy', '--workdir', '/home/deploy'],
    ...['--env', 'HOME=/home/deploy', '--env', `XDG_RUNTIME_DIR=${runtime}`],
    ...['--env', 'DOCKERD_ROOTLESS_ROOTLESSKIT_DISABLE_HOST_LOOPBACK=false'],
    ...['--env', 'PATH=/usr/sbin:/usr/bin:/sbin:/bin', server.container],
    ...['sh', '-c', '/usr/share/docker.io/contrib/dockerd-rootless.sh > rootless.log 2>&1'],
  ]);
  await inside(['sh', '-c', waitReady]);
  // Not to the registry itself: networks of this engine take the same addresses.
  const forward = `nsenter -n -t "$(cat ${runtime}/docker.pid)" socat TCP-LISTEN:5000,bind=127.0.0.1,fork,reuseaddr,backlog=128 TCP:10.0.2.2:5000`;
  await docker(['exec', '--detach', server.container, 'sh', '-c', forward]);
  for (const image of images)
    await inside(['docker', '-H', `unix://${rootlessSocket}`, 'pull', '--quiet', image]);
}

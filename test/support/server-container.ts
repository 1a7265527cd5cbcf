import { docker } from './run-command';

/** What `test/environment/up` has brought up. */
export interface Parts {
  readonly network: string;
  readonly registry: string;
  readonly registryContainer: string;
  readonly serverImage: string;
  /** `repository@sha256:…` in the environment's registry: what `keeper-image` is given. */
  readonly keeperImage: string;
}

// The bounding set may lack CAP_SYS_RESOURCE, and then --privileged fails; this is as much as a nested engine needs.
const privileges = [
  ['--cap-add', 'ALL', '--cap-drop', 'SYS_RESOURCE'],
  ['--security-opt', 'seccomp=unconfined', '--security-opt', 'apparmor=unconfined'],
  ['--security-opt', 'systempaths=unconfined', '--device-cgroup-rule', 'a *:* rwm'],
  ['--cgroupns', 'host', '--volume', '/sys/fs/cgroup:/sys/fs/cgroup:rw'],
].flat();

/** Makes the container of a server without starting it. Its /run is a tmpfs, so that a restart is a reboot. */
export async function createServerContainer(
  parts: Parts,
  container: string,
  flags: readonly string[],
  /** A named volume for /var/lib/docker; without one the container gets its own, which goes with it. */
  engineVolume?: string,
): Promise<void> {
  const volume = engineVolume === undefined ? '/var/lib/docker' : `${engineVolume}:/var/lib/docker`;
  await docker([
    ...['create', '--name', container, '--label', 'shiplock-test', '--network', parts.network],
    ...privileges,
    ...['--tmpfs', '/run', '--volume', volume],
    ...['--env', `REGISTRY=${parts.registryContainer}:5000`],
    ...flags,
    parts.serverImage,
  ]);
}

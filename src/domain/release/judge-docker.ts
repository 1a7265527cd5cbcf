import type { Problem } from '../problem';

/** What the host told of its docker command. */
export interface DockerLook {
  readonly user: string;
  /** As the input says it, e.g. `sudo -n docker`. */
  readonly docker: readonly string[];
  readonly dockerPath: string;
  readonly dockerVersion: string;
  readonly endpoint: string;
  readonly rootlessSocket: string;
}

/** Why the engine does not answer, and what in general helps. */
export interface Silence {
  readonly message: string;
  readonly hint?: string | undefined;
}

/** S1: whether the docker command leads to an engine of this host that a keeper can work with. At most one problem: the first explains the rest. */
export function judgeDocker(look: DockerLook, silence: Silence | null): Problem[] {
  const found =
    confined(look) ??
    elsewhere(look) ??
    podman(look) ??
    (silence === null ? null : silent(look, silence));
  return found === null ? [] : [{ path: 'Docker', ...found }];
}

type Found = Omit<Problem, 'path'> | null;

function confined({ dockerPath }: DockerLook): Found {
  if (!dockerPath.startsWith('/snap/')) return null;
  return {
    says: `is the snap package (${dockerPath}), which sees neither /var/lib/shiplock nor ~/.shiplock nor /tmp`,
    fix: 'install Docker Engine from docker.com or the distribution (https://docs.docker.com/engine/install/), then sudo snap remove docker',
  };
}

function elsewhere({ endpoint }: DockerLook): Found {
  if (endpoint === '' || endpoint.startsWith('unix://')) return null;
  return {
    says: `is used at ${endpoint} (by DOCKER_HOST or a docker context of this user), and a release needs the engine’s socket on the host itself`,
    fix: 'name the machine where that engine runs in hosts, or remove DOCKER_HOST and run docker context use default on the server',
  };
}

function podman({ dockerVersion }: DockerLook): Found {
  if (!/podman/i.test(dockerVersion)) return null;
  return {
    says: `is ${dockerVersion.trim()}`,
    fix: 'install Docker Engine 20.10 or newer; Podman is not supported',
  };
}

function silent(look: DockerLook, { message, hint }: Silence): Found {
  const says = `does not answer: ${message}`;
  if (look.docker[0] === 'sudo' && /sudo: |not allowed to (run|execute)/i.test(message)) {
    return {
      says,
      fix: `let ${look.user} run it without a password: sudo visudo -f /etc/sudoers.d/shiplock, with the line ${sudoersLine(look)}`,
    };
  }
  if (look.rootlessSocket !== '' && look.endpoint !== `unix://${look.rootlessSocket}`) {
    return {
      says: `${says}; but ${look.user} has a rootless engine of its own`,
      fix: `let docker find it, also without a login shell: docker context create rootless --docker host=unix://${look.rootlessSocket} && docker context use rootless`,
    };
  }
  const fix =
    hint ?? 'start Docker on the server, and let this user reach its socket (group docker)';
  return { says, fix };
}

function sudoersLine({ user, dockerPath }: DockerLook): string {
  return `${user} ALL=(root) NOPASSWD: ${dockerPath === '' ? '/usr/bin/docker' : dockerPath}`;
}

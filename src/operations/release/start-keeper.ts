import type { Plan } from '../../domain/records/plan';
import { label } from '../../domain/release/labels';
import { messageOf, ShiplockError } from '../../errors';
import type { Engine } from '../../platform/docker-api/docker-api';
import { hostPath } from './release-files';

const restarts = 10;
/** Where the keeper finds the socket, wherever the host has it. */
const socketInside = '/var/run/docker.sock';

/** What the keeper runs as. */
export interface KeeperSetting {
  readonly image: string;
  readonly hash: string;
  /** The engine's socket on the host. */
  readonly socket: string;
  /** `uid:gid`: the SSH user with the group of the Docker socket, or root. */
  readonly user: string;
  readonly configDir: string;
  /** Sees to it that the host has an image. */
  readonly pull: (image: string) => Promise<unknown>;
}

/** Starts the keeper of a deploy; Docker is its supervisor from here on. @returns its container id */
export async function startKeeper(
  engine: Engine,
  plan: Plan,
  setting: KeeperSetting,
): Promise<string> {
  await haveImage(setting);
  const id = await engine.createContainer(`shiplock-keeper-${plan.deploy}`, {
    Image: setting.image,
    Entrypoint: ['node', hostPath.keeper(plan.base, setting.hash)],
    Cmd: [hostPath.plan(plan.base, plan.deploy)],
    User: setting.user,
    WorkingDir: '/',
    OpenStdin: true,
    StdinOnce: false,
    StopSignal: 'SIGTERM',
    Labels: {
      [label.app]: plan.app,
      [label.environment]: plan.environment,
      [label.keeper]: plan.deploy,
      [label.base]: plan.base,
    },
    HostConfig: {
      Binds: bindsOf(plan, setting),
      // Host network: replicas at their own addresses, the proxy's port. Host pid namespace: connections in /proc.
      NetworkMode: 'host',
      PidMode: 'host',
      RestartPolicy: { Name: 'on-failure', MaximumRetryCount: restarts },
      LogConfig: { Type: 'json-file', Config: { 'max-size': '10m' } },
      SecurityOpt: ['label=disable', 'no-new-privileges'],
      ReadonlyRootfs: true,
    },
  });
  await start(engine, id);
  return id;
}

async function start(engine: Engine, id: string): Promise<void> {
  try {
    await engine.startContainer(id);
  } catch (cause) {
    // One that is left would be taken for a keeper that has the lease.
    await engine.removeContainer(id, { force: true });
    throw new ShiplockError(`the keeper could not be started: ${messageOf(cause)}`, {
      hint: 'Nothing was released. Remove what keeps Docker from starting the container, then run again.',
      cause,
      fault: 'remote',
    });
  }
}

function bindsOf({ base }: Plan, { socket, configDir }: KeeperSetting): readonly string[] {
  const root = base.split('/').slice(0, -2).join('/');
  return [
    `${socket}:${socketInside}`,
    // The records of other apps, which may need the images that this one leaves.
    `${root}:${root}:ro`,
    `${base}:${base}`,
    `${configDir}:${configDir}`,
  ];
}

async function haveImage({ image, pull }: KeeperSetting): Promise<void> {
  try {
    await pull(image);
  } catch (cause) {
    throw new ShiplockError(`the keeper's image ${image} could not be pulled`, {
      hint: 'Let the server reach the registry, or name a copy of the image in `keeper-image`.',
      cause,
      fault: 'remote',
    });
  }
}

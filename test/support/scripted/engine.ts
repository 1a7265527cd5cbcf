import { EngineError } from '../../../src/errors';
import type { Engine } from '../../../src/platform/docker-api/docker-api';
import type {
  ContainerDetails,
  ContainerSummary,
  ImageDetails,
} from '../../../src/platform/docker-api/types';
import { isReady } from './probe';
import {
  containerOf,
  isRouted,
  isTask,
  noteTwice,
  servingSlot,
  slotOfContainer,
  type Enter,
  type Scene,
  type ScriptedContainer,
} from './state';

/** A stand-in for the Docker Engine of a server, as far as the keeper asks it. */
export function scriptedEngine(world: Scene, enter: Enter): Engine {
  return {
    ...unscripted,
    ...looks(world, enter),
    ...changes(world, enter),
    close: () => undefined,
  };
}

function looks(
  world: Scene,
  enter: Enter,
): Pick<
  Engine,
  | 'listContainers'
  | 'inspectContainer'
  | 'inspectImage'
  | 'exec'
  | 'containerLogs'
  | 'waitContainer'
> {
  return {
    listContainers: async ({ labels = [], all = false } = {}) => {
      await enter(`list containers ${labels.join(' ')}`);
      return world.state.containers
        .map((one) => current(world, one))
        .filter(({ state }) => all || state === 'running')
        .filter((one) => labels.every((label) => hasLabel(one, label)))
        .map(summary);
    },
    inspectContainer: async (id) => {
      await enter(`inspect ${id}`);
      return details(world, found(world, id));
    },
    inspectImage: async (reference) => {
      await enter(`inspect image ${reference}`);
      const image = world.state.images.find((one) => one === reference || idOf(one) === reference);
      if (image === undefined) throw new EngineError(`No such image: ${reference}`, 404);
      return imageDetails(image);
    },
    exec: async (id) => {
      await enter(`exec in ${id}`);
      const container = found(world, id);
      if (container.state !== 'running') throw new EngineError(`${id} is not running`, 409);
      const code = isReady(world, container) ? 0 : 1;
      return { code, stdout: code === 0 ? 'pong' : 'no answer', stderr: '', truncated: false };
    },
    containerLogs: async function* (id) {
      await enter(`logs of ${id}`);
      yield { stream: 'stderr', line: `the last words of ${found(world, id).name}` };
    },
    waitContainer: async (id) => {
      await enter(`wait for ${id}`);
      const container = found(world, id);
      if (container.state === 'running') {
        if (container.endsAt === null) throw new Error(`${container.name} never ends`);
        await world.clock.sleep(container.endsAt - world.clock.now());
        await enter(`waited for ${id}`);
      }
      return current(world, found(world, id)).exitCode;
    },
  };
}

function changes(
  world: Scene,
  enter: Enter,
): Pick<
  Engine,
  'startContainer' | 'stopContainer' | 'removeContainer' | 'setRestartPolicy' | 'removeImage'
> {
  return {
    startContainer: async (id) => {
      await enter(`start ${id}`, true);
      const container = found(world, id);
      if (container.state === 'running') return;
      const { diesWith, readyAfterMs } = container.nature;
      container.state = diesWith === null || isTask(container) ? 'running' : 'exited';
      container.exitCode = diesWith ?? 0;
      container.startedAt = world.clock.now();
      if (isTask(container)) container.endsAt = container.startedAt + (readyAfterMs ?? 0);
      noteTwice(world.state);
      world.changed(`start ${id}`);
    },
    stopContainer: async (id, seconds) => {
      await enter(`stop ${id} ${seconds}`, true);
      const container = found(world, id);
      if (current(world, container).state !== 'running') return;
      checkStop(world, container);
      await world.clock.sleep(Math.min(container.nature.stopsAfterMs, seconds * 1000));
      await enter(`stopped ${id}`, true);
      if (container.nature.stopsAfterMs > seconds * 1000)
        world.state.wrongs.push(`${container.name} was killed after ${seconds} s`);
      container.state = 'exited';
      world.changed(`stop ${id}`);
    },
    setRestartPolicy: async (id, name) => {
      await enter(`restart policy of ${id} ${name}`, true);
      found(world, id).policy = name;
      world.changed(`restart policy of ${id} ${name}`);
    },
    removeContainer: async (id, { force = false } = {}) => {
      await enter(`remove ${id}`, true);
      const container = found(world, id);
      if (current(world, container).state === 'running') {
        if (!force) throw new EngineError(`${id} is running`, 409);
        world.state.wrongs.push(`${container.name} was cut`);
      }
      world.state.containers = world.state.containers.filter((one) => one !== container);
      world.changed(`remove ${id}`);
    },
    removeImage: async (image) => {
      await enter(`remove image ${image}`, true);
      world.state.images = world.state.images.filter((one) => one !== image);
      world.changed(`remove image ${image}`);
    },
  };
}

/** Whoever is stopped must not serve, and must not come back by himself. */
function checkStop(world: Scene, container: ScriptedContainer): void {
  const { name, policy } = container;
  if (isTask(container)) world.state.wrongs.push(`the task ${name} was stopped`);
  if (policy !== 'no') world.state.wrongs.push(`${name} was stopped with restart=${policy}`);
  if (isRouted(container, servingSlot(world.state)))
    world.state.wrongs.push(`${name} was stopped while it served`);
}

function found(world: Scene, id: string): ScriptedContainer {
  const container = containerOf(world.state, id);
  if (container === undefined) throw new EngineError(`No such container: ${id}`, 404);
  return current(world, container);
}

/** Time does its part: a one-off container ends, an app that must crash does. */
function current(world: Scene, container: ScriptedContainer): ScriptedContainer {
  const { endsAt, nature } = container;
  if (container.state === 'running' && endsAt !== null && endsAt <= world.clock.now())
    container.state = 'exited';
  const { crashesAfterServingMs } = nature;
  if (
    crashesAfterServingMs !== null &&
    container.restartCount === 0 &&
    slotOfContainer(container) === servingSlot(world.state) &&
    world.clock.now() - world.state.switchedAt >= crashesAfterServingMs
  ) {
    container.restartCount = 1;
  }
  return container;
}

/** The engine's own name for an image. */
const idOf = (image: string): string => `sha256:${image}`;

function hasLabel({ labels }: ScriptedContainer, label: string): boolean {
  const [name = '', ...value] = label.split('=');
  return value.length === 0 ? name in labels : labels[name] === value.join('=');
}

function summary({ id, name, labels, state, address, image }: ScriptedContainer): ContainerSummary {
  return {
    id,
    names: [name],
    image,
    imageId: idOf(image),
    labels,
    state,
    status: state,
    networks: { shop: state === 'running' ? address : '' },
  };
}

function details(world: Scene, container: ScriptedContainer): ContainerDetails {
  const { id, name, labels, state, exitCode, address, restartCount, policy, ports } = container;
  const running = state === 'running';
  return {
    id,
    name,
    imageId: idOf(container.image),
    image: container.image,
    created: new Date(0).toISOString(),
    state: {
      status: state,
      running,
      pid: running ? Number(id.slice(1)) : 0,
      exitCode,
      error: '',
      oomKilled: false,
      startedAt: new Date(container.startedAt).toISOString(),
      finishedAt: '',
      health: undefined,
    },
    restartCount,
    restartPolicy: { name: policy, maximumRetryCount: 0 },
    labels,
    environment: [],
    user: '',
    tty: false,
    stopSignal: 'SIGTERM',
    stopTimeoutSeconds: undefined,
    hasHealthCheck: false,
    networkMode: 'shop',
    mounts: labels['com.docker.compose.service'] === 'nginx' ? [markerMount] : [],
    networks: {
      shop: {
        networkId: 'shop',
        ipAddress: running ? address : '',
        ipv6Address: '',
        gateway: '',
        aliases: [],
      },
    },
    ports,
  };
}

/** What the team's proxy mounts. */
const markerMount = {
  type: 'bind',
  name: '',
  source: '/srv/shop/nginx/shiplock',
  destination: '/etc/nginx/shiplock',
  readOnly: true,
};

function imageDetails(reference: string): ImageDetails {
  return {
    id: idOf(reference),
    tags: [],
    digests: [reference],
    sizeBytes: 1,
    labels: {},
    hasHealthCheck: false,
    exposedPorts: [],
    os: 'linux',
    architecture: 'amd64',
  };
}

const refuse = (name: string) => (): never => {
  throw new Error(`the scripted engine has no ${name}`);
};

const unscripted = {
  ping: refuse('ping'),
  version: refuse('version'),
  info: refuse('info'),
  events: refuse('events'),
  createContainer: refuse('createContainer'),
  killContainer: refuse('killContainer'),
  attachStdin: refuse('attachStdin'),
  listNetworks: refuse('listNetworks'),
  inspectNetwork: refuse('inspectNetwork'),
  createNetwork: refuse('createNetwork'),
  removeNetwork: refuse('removeNetwork'),
  connectNetwork: refuse('connectNetwork'),
  listVolumes: refuse('listVolumes'),
  inspectVolume: refuse('inspectVolume'),
  createVolume: refuse('createVolume'),
  pullImage: refuse('pullImage'),
  distributionDigest: refuse('distributionDigest'),
};

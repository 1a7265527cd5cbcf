import type { Config } from '../../config/config';
import type { RunningStack } from '../../domain/compose/stack-names';
import type { Mount } from '../../domain/proxy/mounted-path';
import { composeLabel, label, ofApp } from '../../domain/release/labels';
import { RemoteFailure, ShiplockError } from '../../errors';
import { homeOf } from '../../domain/proxy/home';
import { findProxy } from '../../operations/release/reach-proxy';
import type { Engine } from '../../platform/docker-api/docker-api';
import type { PlainReplica } from '../../domain/release/adopted-release';
import { lookAtReplicas } from '../../operations/release/look-at-replicas';
import type {
  ContainerDetails,
  ContainerSummary,
  EngineVersion,
} from '../../platform/docker-api/types';

/** The team's stack as it runs on the host. */
export interface RunningProject extends RunningStack {
  readonly directory: string;
  /** Other projects that run in that folder, any of which may be meant. */
  readonly rivals: readonly string[];
  /** Services that run at this moment. */
  readonly running: readonly string[];
  /** Containers of the services to release that run under plain Compose: to be adopted, or astray. */
  readonly plain: readonly PlainReplica[];
  /** Container of the proxy; null when it does not run. */
  readonly proxy: string | null;
  /** Folders and files of the host that this container sees. */
  readonly proxyMounts: readonly Mount[];
}

/** What the engine says; one that does not answer is a problem among others. */
export interface EngineAnswers {
  readonly version: EngineVersion | null;
  readonly project: RunningProject | null;
  /** Keepers that run now: deploy id and container. */
  readonly keepers: readonly { readonly deploy: string; readonly container: string }[];
  /** The proxy's container where it is of another project; null = that one does not run, or is not asked for. */
  readonly outsideProxy: ContainerDetails | null;
  /** Ports of the host that slots of other apps have reserved, running or not, and that slots of this one listen on. */
  readonly slotPorts: {
    readonly foreign: readonly number[];
    readonly listening: readonly number[];
  };
  /** Labels of every container that Compose made, ours and others'. */
  readonly labels: readonly ContainerSummary['labels'][];
  /** The engine is a user's own, in a namespace where that user is root. */
  readonly rootless: boolean;
  /** Folders that containers of this app and environment were made from. */
  readonly bases: readonly string[];
  /** Why it does not answer, in its command's or socket's words; null = it does. */
  readonly silence: ShiplockError | null;
}

/** Asks the engine what it is and what of this app runs; a lost connection is thrown, everything else is an answer. */
export async function askEngine(engine: Engine, config: Config): Promise<EngineAnswers> {
  const onHost = config.proxy.kind === 'nginx' && config.proxy.service === null;
  try {
    const listed = engine.listContainers({ labels: [composeLabel.project], all: true });
    const [all, version, info, ours, project, slotPorts, outsideProxy] = await Promise.all([
      listed,
      engine.version(),
      engine.info(),
      engine.listContainers({ labels: ofApp(config.app, config.environment), all: true }),
      listed.then((containers) => findProject(engine, config, containers)),
      onHost ? findSlotPorts(engine, config) : noPorts,
      config.proxy.project === null ? null : findProxy(engine, homeOf(config.proxy, '')),
    ]);
    const keepers = ours.filter(
      ({ labels, state }) => state === 'running' && labels[label.keeper] !== undefined,
    );
    return {
      version,
      project,
      slotPorts,
      labels: all.map(({ labels }) => labels),
      outsideProxy,
      keepers: keepers.map(({ id, labels }) => ({
        deploy: labels[label.keeper] ?? '',
        container: id,
      })),
      rootless: info.rootless,
      bases: [...new Set(ours.flatMap(({ labels }) => labels[label.base] ?? []))],
      silence: null,
    };
  } catch (thrown) {
    if (!(thrown instanceof ShiplockError)) throw thrown;
    if (thrown instanceof RemoteFailure && thrown.reason === 'lost') throw thrown;
    return { ...nothing, silence: thrown };
  }
}

const noPorts: EngineAnswers['slotPorts'] = { foreign: [], listening: [] };

/** What is known of an engine that does not answer. */
const nothing: Omit<EngineAnswers, 'silence'> = {
  ...{ version: null, project: null, outsideProxy: null, slotPorts: noPorts, rootless: false },
  ...{ keepers: [], bases: [], labels: [] },
};

async function findSlotPorts(
  engine: Engine,
  { app, environment }: Config,
): Promise<EngineAnswers['slotPorts']> {
  const holders = await engine.listContainers({ labels: [label.ports], all: true });
  const isOwn = ({ labels }: ContainerSummary): boolean =>
    labels[label.app] === app && labels[label.environment] === environment;
  const portsOf = ({ labels }: ContainerSummary): number[] =>
    (labels[label.ports] ?? '').split(',').map(Number);
  const running = holders.filter((one) => isOwn(one) && one.state === 'running');
  return {
    foreign: holders.filter((one) => !isOwn(one)).flatMap(portsOf),
    // In its own slot only: on the other slot's port somebody else may listen by now.
    listening: running.flatMap(
      (one) => portsOf(one)[one.labels[label.slot] === 'green' ? 1 : 0] ?? [],
    ),
  };
}

/** The team's own stack: by project name, else by folder, else the project that has the app's name. */
async function findProject(
  engine: Engine,
  config: Config,
  all: readonly ContainerSummary[],
): Promise<RunningProject | null> {
  const foreign = all.filter(({ labels }) => labels[label.app] === undefined);
  const candidates = foreign.filter(({ labels }) => isStackOf(config, labels));
  const up = candidates.filter(({ state }) => state === 'running');
  const found = up[0] ?? candidates[0];
  const project = found?.labels[composeLabel.project];
  if (found === undefined || project === undefined) return null;
  const own = foreign.filter(
    ({ labels }) =>
      labels[composeLabel.project] === project && labels[composeLabel.oneoff] !== 'True',
  );
  const details = await Promise.all(own.map(({ id }) => engine.inspectContainer(id)));
  const running = own.filter(({ state }) => state === 'running');
  const proxy =
    running.find(({ labels }) => serviceOf(labels) === config.proxy.service)?.id ?? null;
  const released = config.services.map(({ name }) => name);
  const plain = details.filter(
    ({ state, labels }) => state.running && released.includes(serviceOf(labels)),
  );
  return {
    project,
    directory: found.labels[composeLabel.workingDir] ?? '',
    rivals: [...new Set(up.map(({ labels }) => labels[composeLabel.project] ?? ''))].filter(
      (name) => name !== project,
    ),
    containers: details.map(({ labels, mounts }) => ({
      service: serviceOf(labels),
      volumes: mounts.filter(({ type }) => type === 'volume'),
    })),
    running: running.map(({ labels }) => serviceOf(labels)),
    plain: await lookAtReplicas(engine, plain),
    proxy,
    proxyMounts: details.find(({ id }) => id === proxy)?.mounts ?? [],
  };
}

function serviceOf(labels: Readonly<Record<string, string>>): string {
  return labels[composeLabel.service] ?? '';
}

function isStackOf(config: Config, labels: Readonly<Record<string, string>>): boolean {
  if (config.project !== null) return labels[composeLabel.project] === config.project;
  if (config.directory !== null) return labels[composeLabel.workingDir] === config.directory;
  return labels[composeLabel.project] === config.app;
}

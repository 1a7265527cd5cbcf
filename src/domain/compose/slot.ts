import { label } from '../release/labels';
import { refusal } from '../problem';
import type { ReleasedService } from '../records/release';
import type { ComposeConfig, ComposeService } from './compose-config';
import { parseGoDuration } from './go-duration';
import { restartPolicyOf } from './restart-policy';
import type { SlotSettings } from './settings';
import { slotServiceName, slotProject, type OwnSlot } from './slot-names';
import { slotNetworks, type JoinedNetwork, type SlotNetwork } from './slot-networks';
import { isReleased, partsOf, slotProblems, type Part } from './slot-parts';
import { slotService, type SlotContext } from './slot-service';
import type { LoopbackPorts } from '../proxy/loopback-ports';
import { publishedPort, replicasOf } from './slot-ports';
import { slotVolumes, usedFiles, type SlotVolume } from './slot-storage';
import { slotTasks, type SlotTask } from './slot-tasks';

export interface SlotRequest {
  /** The team's project as evaluated on the host. */
  readonly compose: ComposeConfig;
  readonly settings: SlotSettings;
  readonly slot: OwnSlot;
  readonly release: { readonly id: string; readonly deploy: string };
  /** Service to `repository@sha256:…`, for every service of `imageServices(settings)`. */
  readonly images: Readonly<Record<string, string>>;
  /** Secrets of the app, for every released service. */
  readonly env: Readonly<Record<string, string>>;
  /** The folder of this app and environment on the host. */
  readonly base: string;
  /** Ports of the host for each routed service, where the proxy runs on the host. */
  readonly loopback?: Readonly<Record<string, LoopbackPorts>>;
}

export interface RenderedSlot {
  readonly project: string;
  /** `compose.json`; it holds secrets. */
  readonly document: Readonly<Record<string, unknown>>;
  readonly services: readonly ReleasedService[];
  /** One-off containers, in the order they run; empty without a migration. */
  readonly tasks: readonly Omit<SlotTask, 'body'>[];
  /** Networks of the slot that must exist before it is created. */
  readonly networks: readonly SlotNetwork[];
  /** Networks of the team that the slot joins; those not external may be absent on a first release. */
  readonly joined: readonly JoinedNetwork[];
  readonly volumes: readonly SlotVolume[];
  /** What of the team's file was left out. */
  readonly notes: readonly string[];
}

/** Renders the compose document of a slot; throws one refusal that lists everything that cannot live in a slot. */
export function renderSlot(request: SlotRequest): RenderedSlot {
  const { compose, settings, slot } = request;
  const project = slotProject(settings, slot);
  const problems = slotProblems(request, project);
  if (problems.length > 0) throw refusal('the compose file cannot be released', problems);
  const parts = partsOf(request);
  const networks = slotNetworks(
    compose,
    project,
    Object.fromEntries(parts.map(({ settings: { name }, service }) => [name, service])),
  );
  const context = contextOf(request, project);
  const rendered = parts.map((part) => renderPart(part, request, context, networks.of));
  const released = rendered.filter(({ name }) => isReleased(settings, name));
  const tasks = tasksOf(settings, project, rendered);
  const used = parts.map(({ service }) => service);
  const volumes = slotVolumes(compose, used);
  return {
    project,
    document: {
      name: project,
      services: Object.fromEntries([
        ...released.map(({ name, body }) => [slotServiceName(project, name), body] as const),
        ...tasks.map(({ service, body }) => [service, body] as const),
      ]),
      networks: networks.document,
      volumes: externals(volumes),
      configs: usedFiles(compose, 'configs', used),
      secrets: usedFiles(compose, 'secrets', used),
    },
    services: parts
      .filter(({ settings: { name } }) => isReleased(settings, name))
      .map((part) => recordOf(part, request)),
    tasks: tasks.map(({ task, service, timeoutMs }) => ({ task, service, timeoutMs })),
    networks: networks.own,
    joined: networks.joined,
    volumes: [...volumes.values()],
    notes: [...released.flatMap(({ notes }) => notes), ...networks.notes],
  };
}

function externals(volumes: ReadonlyMap<string, SlotVolume>): Record<string, object> {
  return Object.fromEntries([...volumes].map(([key, { name }]) => [key, { name, external: true }]));
}

function contextOf(request: SlotRequest, project: string): SlotContext {
  const { settings, slot, release, base, env } = request;
  return {
    project,
    env,
    isReleased: (name) => isReleased(settings, name),
    labels: {
      [label.app]: settings.app,
      [label.environment]: settings.environment,
      [label.slot]: slot,
      [label.release]: release.id,
      [label.base]: base,
      [label.deploy]: release.deploy,
      [label.role]: 'service',
    },
  };
}

interface RenderedPart {
  readonly name: string;
  readonly body: ComposeService;
  readonly notes: readonly string[];
}

function renderPart(
  { settings, service }: Part,
  { images, slot, loopback = {} }: SlotRequest,
  context: SlotContext,
  networksOf: (name: string) => Record<string, Record<string, unknown>> | undefined,
): RenderedPart {
  const image = images[settings.name] ?? '';
  const { body, notes } = slotService(service, settings, image, context);
  const networks = networksOf(settings.name);
  const ports = loopback[settings.name];
  const published =
    settings.port === null || ports === undefined
      ? undefined
      : publishedPort(settings.port, slot, ports);
  return {
    name: settings.name,
    notes,
    body: {
      ...body,
      ...(networks === undefined ? {} : { networks }),
      ...(published === undefined
        ? {}
        : { ports: [...published.ports], labels: { ...body.labels, ...published.labels } }),
    } as ComposeService,
  };
}

function tasksOf(
  { migrate }: SlotSettings,
  project: string,
  rendered: readonly RenderedPart[],
): readonly SlotTask[] {
  const template = rendered.find(({ name }) => name === migrate?.service);
  return migrate === null || template === undefined
    ? []
    : slotTasks(migrate, template.body, project);
}

const defaultGraceMs = 10_000;

function recordOf(
  { settings, service }: Part,
  { images, loopback = {} }: SlotRequest,
): ReleasedService {
  const written = service.stop_grace_period;
  const composeGraceMs = written === undefined ? undefined : parseGoDuration(written);
  return {
    name: settings.name,
    image: images[settings.name] ?? '',
    replicas: replicasOf(service),
    ...(settings.port === null ? {} : { port: settings.port }),
    ...(settings.port === null || loopback[settings.name] === undefined
      ? {}
      : { loopback: loopback[settings.name] }),
    health: settings.health,
    stopGraceMs: settings.stopGraceMs ?? composeGraceMs ?? defaultGraceMs,
    restart: restartPolicyOf(service),
    ...(settings.overlap === false ? { overlap: false } : {}),
  };
}

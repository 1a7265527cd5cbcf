import { label } from '../release/labels';
import { refusal } from '../problem';
import type { ReleasedService } from '../records/release';
import type { ComposeConfig } from './compose-config';
import { parseGoDuration } from './go-duration';
import { restartPolicyOf } from './restart-policy';
import { releaseFolder, type SentPath } from './sent-files';
import type { SlotSettings } from './settings';
import { slotFiles, type MadeFile } from './slot-files';
import { slotServiceName, slotProject, type OwnSlot } from './slot-names';
import { slotNetworks, type JoinedNetwork, type SlotNetwork } from './slot-networks';
import { noteLines, type NoteLine } from './slot-notes';
import { isReleased, partsOf, slotProblems, type Part } from './slot-parts';
import { slotService, type SlotContext } from './slot-service';
import type { LoopbackPorts } from '../proxy/loopback-ports';
import { replicasOf, withPort } from './slot-ports';
import { slotVolumes, type SlotVolume } from './slot-storage';
import { slotTasks, type SlotTask } from './slot-tasks';

export interface SlotRequest {
  /** The team's project as evaluated on the host. */
  readonly compose: ComposeConfig;
  readonly settings: SlotSettings;
  readonly slot: OwnSlot;
  readonly release: { readonly id: string; readonly deploy: string };
  /** Service to `repository@sha256:…`, for every service of `imageServices(compose, settings)`. */
  readonly images: Readonly<Record<string, string>>;
  /** Secrets of the app, for every released service. */
  readonly env: Readonly<Record<string, string>>;
  /** What of the repository went along with the release. */
  readonly sent: readonly SentPath[];
  /** Whether what runs once per release is to run; a rollback moves no data. */
  readonly withTasks: boolean;
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
  /** One-off containers, in the order they run. */
  readonly tasks: readonly SlotTask[];
  /** Every image that the document names, by digest. */
  readonly images: readonly string[];
  /** Networks of the slot that must exist before it is created. */
  readonly networks: readonly SlotNetwork[];
  /** Networks of the team that the slot joins; those not external may be absent on a first release. */
  readonly joined: readonly JoinedNetwork[];
  readonly volumes: readonly SlotVolume[];
  /** Configs and secrets that are texts in the team's file; they hold secrets. */
  readonly made: readonly MadeFile[];
  /** What of the team's file is not in the slot as it was written, a line for each key. */
  readonly notes: readonly NoteLine[];
}

/** Renders the compose document of a slot; throws one refusal that lists everything that cannot live in a slot. */
export function renderSlot(request: SlotRequest): RenderedSlot {
  const { settings, slot } = request;
  const project = slotProject(settings, slot);
  const problems = slotProblems(request, project);
  if (problems.length > 0) throw refusal('the compose file cannot be released', problems);
  return layOut(request, project, partsOf(request));
}

function layOut(request: SlotRequest, project: string, parts: readonly Part[]): RenderedSlot {
  const { compose, settings, images } = request;
  const used = parts.map(({ service }) => service);
  const services = Object.fromEntries(parts.map((one) => [one.settings.name, one.service]));
  const networks = slotNetworks(compose, project, services);
  const context = contextOf(request, project, networks.of);
  const rendered = parts.map(({ settings: one, service }) => {
    const { body, notes } = slotService(service, one, images[one.name] ?? '', context);
    return { name: one.name, notes, template: body, body: withPort(body, one, request) };
  });
  const templates = new Map(rendered.map(({ name, template }) => [name, template]));
  const released = rendered.filter(({ name }) => isReleased(settings, name));
  const tasks = request.withTasks
    ? slotTasks(compose, settings, project, (name) => templates.get(name))
    : [];
  const volumes = slotVolumes(compose, used);
  const { configs, secrets, made } = slotFiles(compose, used, context);
  return {
    project,
    document: {
      name: project,
      services: {
        ...keyed(released, ({ name }) => slotServiceName(project, name)),
        ...keyed(tasks, ({ service }) => service),
      },
      networks: networks.document,
      volumes: externals(volumes),
      ...{ configs, secrets },
    },
    services: recordsOf(parts, request),
    tasks,
    images: [...new Set(rendered.map(({ name }) => images[name] ?? ''))],
    networks: networks.own,
    joined: networks.joined,
    volumes: [...volumes.values()],
    made,
    notes: noteLines([...rendered.flatMap(({ notes }) => notes), ...networks.notes]),
  };
}

function keyed<T extends { readonly body: object }>(
  all: readonly T[],
  keyOf: (one: T) => string,
): Record<string, object> {
  return Object.fromEntries(all.map((one) => [keyOf(one), one.body]));
}

function externals(volumes: ReadonlyMap<string, SlotVolume>): Record<string, object> {
  return Object.fromEntries([...volumes].map(([key, { name }]) => [key, { name, external: true }]));
}

function contextOf(
  request: SlotRequest,
  project: string,
  networksOf: SlotContext['networksOf'],
): SlotContext {
  const { settings, slot, release, base, env, sent } = request;
  return {
    project,
    env,
    networksOf,
    sent: { paths: sent, folder: releaseFolder(base, release.id) },
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

const defaultGraceMs = 10_000;

function recordsOf(parts: readonly Part[], request: SlotRequest): readonly ReleasedService[] {
  return parts
    .filter(({ settings: { name } }) => isReleased(request.settings, name))
    .map((part) => recordOf(part, request));
}

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

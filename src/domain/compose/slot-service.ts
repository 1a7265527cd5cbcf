import { label } from '../release/labels';
import { escapeDollar, type ComposeService } from './compose-config';
import { formatGrace } from './go-duration';
import type { ServiceSettings } from './settings';
import { slotServiceName } from './slot-names';

/** What all services of a slot have in common. */
export interface SlotContext {
  readonly project: string;
  readonly labels: Readonly<Record<string, string>>;
  /** Secrets of the app, unescaped; they win over the compose file. */
  readonly env: Readonly<Record<string, string>>;
  readonly isReleased: (name: string) => boolean;
}

export interface SlotService {
  /** As it stands in the compose document, without its networks. */
  readonly body: ComposeService;
  /** What was left out, for people. */
  readonly notes: readonly string[];
}

/** Keys that name what only one container of the host can have, or that Compose acts on instead of us. */
const dropped = ['build', 'container_name', 'develop', 'mac_address', 'ports'] as const;

/** Keys that have done their work when `config` has run; dropping them changes nothing. */
const spent = ['env_file', 'extends', 'networks', 'profiles', 'pull_policy', 'restart'] as const;

const discovery = [/^traefik\./, /^caddy(?:[._].*)?$/, /^com\.centurylinklabs\.watchtower(?:\.|$)/];

/** One service as it lives in a slot: what the team wrote, less what only the one original could have. */
export function slotService(
  service: ComposeService,
  settings: ServiceSettings,
  image: string,
  context: SlotContext,
): SlotService {
  const { project, env, isReleased } = context;
  const notes: string[] = [];
  const drop = (what: string): void => void notes.push(`${settings.name}: ${what} is left out`);
  const body = without(service, [...dropped, ...spent]);
  for (const key of dropped) if (key in service && service[key] !== null) drop(key);
  const extra: Record<string, unknown> = {
    image,
    pull_policy: 'never',
    restart: 'no',
    labels: labelsOf(service, settings.name, context, drop),
    ...renamed(service, project),
    ...dependencies(service, project, isReleased, drop),
  };
  if (settings.stopGraceMs !== null) extra['stop_grace_period'] = formatGrace(settings.stopGraceMs);
  if (service.deploy !== undefined) extra['deploy'] = deployOf(service.deploy, drop);
  const environment: Record<string, string | null> = { ...service.environment };
  for (const [name, value] of Object.entries(env)) environment[name] = escapeDollar(value);
  return { body: { ...body, ...extra, environment }, notes };
}

function without(service: ComposeService, keys: readonly string[]): ComposeService {
  return Object.fromEntries(Object.entries(service).filter(([key]) => !keys.includes(key)));
}

type Drop = (what: string) => void;

function labelsOf(
  { labels }: ComposeService,
  name: string,
  context: SlotContext,
  drop: Drop,
): Record<string, string> {
  const entries = Object.entries(labels ?? {});
  const isDiscovery = (key: string): boolean => discovery.some((pattern) => pattern.test(key));
  for (const [key] of entries.filter(([key]) => isDiscovery(key))) drop(`label ${key}`);
  const kept = entries.filter(([key]) => !isDiscovery(key));
  return { ...Object.fromEntries(kept), ...context.labels, [label.service]: name };
}

function deployOf(deploy: NonNullable<ComposeService['deploy']>, drop: Drop): object {
  const { restart_policy: policy, ...rest } = deploy;
  if (policy !== undefined) drop('deploy.restart_policy (set at the switch)');
  return rest;
}

/** Dependencies among released services follow their new names; shared services run already. */
function dependencies(
  service: ComposeService,
  project: string,
  isReleased: (name: string) => boolean,
  drop: Drop,
): { depends_on?: Record<string, unknown> } {
  if (service.depends_on === undefined) return {};
  const entries = Object.entries(service.depends_on);
  for (const [name] of entries.filter(([name]) => !isReleased(name))) drop(`depends_on ${name}`);
  const kept = entries
    .filter(([name]) => isReleased(name))
    .map(([name, how]) => [slotServiceName(project, name), how] as const);
  return { depends_on: Object.fromEntries(kept) };
}

/** References to other services of the slot, by their new names. */
function renamed(service: ComposeService, project: string): Record<string, unknown> {
  const rename = (text: string): string => slotServiceName(project, text);
  const result: Record<string, unknown> = {};
  for (const key of ['network_mode', 'pid', 'ipc'] as const) {
    const target = /^service:(.+)$/.exec(service[key] ?? '')?.[1];
    if (target !== undefined) result[key] = `service:${rename(target)}`;
  }
  if (service.volumes_from) result['volumes_from'] = service.volumes_from.map(rename);
  if (service.links !== undefined) {
    result['links'] = service.links.map((link) => {
      const [target = '', alias = target] = link.split(':');
      return `${rename(target)}:${alias}`;
    });
  }
  return result;
}

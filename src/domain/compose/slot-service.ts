import { label } from '../release/labels';
import { escapeDollar, type ComposeService } from './compose-config';
import { formatGrace } from './go-duration';
import { ruleOf, type KeysOf } from './key-rule';
import { deployKeys } from './project-keys';
import { serviceKeys } from './service-keys';
import { sentCopy, type SentFiles } from './sent-files';
import type { ServiceSettings } from './settings';
import { noteOf, type SlotNote } from './slot-notes';
import { slotServiceName } from './slot-names';

/** What all services of a slot have in common. */
export interface SlotContext {
  readonly project: string;
  readonly labels: Readonly<Record<string, string>>;
  /** Secrets of the app, unescaped; they win over the compose file. */
  readonly env: Readonly<Record<string, string>>;
  readonly isReleased: (name: string) => boolean;
  readonly sent: SentFiles;
  /** The networks of a service in the slot. */
  readonly networksOf: (service: string) => Readonly<Record<string, object>> | undefined;
}

export interface SlotService {
  /** As it stands in the compose document. */
  readonly body: ComposeService;
  /** What is not as written. */
  readonly notes: readonly SlotNote[];
}

/** A service on its way into a slot. */
interface Rewriting {
  readonly service: ComposeService;
  readonly settings: ServiceSettings;
  readonly image: string;
  readonly context: SlotContext;
  readonly note: (key: string, fate: SlotNote['fate'], why: string) => void;
}

/** What stands in the slot for a key; undefined = nothing. */
type Rewrite = (rewriting: Rewriting) => unknown;

/** One rewriting for each key that the table calls rewritten: neither can be without the other. */
const rewrites: Readonly<Record<KeysOf<typeof serviceKeys, 'rewritten'>, Rewrite>> = {
  depends_on: dependencies,
  deploy: deployOf,
  environment: ({ service, context }) => ({
    ...service.environment,
    ...Object.fromEntries(Object.entries(context.env).map(([k, v]) => [k, escapeDollar(v)])),
  }),
  image: ({ image }) => image,
  ipc: ({ service, context }) => namespaceOf(service.ipc, context),
  labels: labelsOf,
  links: ({ service, context }) =>
    service.links?.map((link) => {
      const [target = '', alias = target] = link.split(':');
      return `${slotServiceName(context.project, target)}:${alias}`;
    }),
  network_mode: ({ service, context }) => namespaceOf(service.network_mode, context),
  networks: ({ settings, context }) => context.networksOf(settings.name),
  pid: ({ service, context }) => namespaceOf(service.pid, context),
  pull_policy: () => 'never',
  restart: () => 'no',
  stop_grace_period: ({ service, settings }) =>
    settings.stopGraceMs === null ? service.stop_grace_period : formatGrace(settings.stopGraceMs),
  volumes: volumesOf,
  volumes_from: ({ service, context }) =>
    service.volumes_from?.map((from) => slotServiceName(context.project, from)),
};

/** Written by the team or not, these are in the slot; that they differ is told only when the team wrote them. */
const rewrittenKeys = Object.keys(rewrites) as (keyof typeof rewrites)[];

/** One service as it lives in a slot: what the team wrote, by the rules of the key table. */
export function slotService(
  service: ComposeService,
  settings: ServiceSettings,
  image: string,
  context: SlotContext,
): SlotService {
  const { name } = settings;
  const notes: SlotNote[] = [];
  const body: Record<string, unknown> = {};
  for (const [key, value] of Object.entries(service)) {
    const known = ruleOf(serviceKeys, key);
    if (known === undefined)
      notes.push({ service: name, key, fate: 'unknown', why: 'passes through as written' });
    if (known === undefined || known.fate === 'carried') body[key] = value;
    if (known?.fate === 'dropped' && value !== null)
      notes.push({ service: name, key, fate: 'dropped', why: known.why });
  }
  const note: Rewriting['note'] = (key, fate, why) => {
    notes.push({ service: name, key, fate, why });
  };
  for (const key of rewrittenKeys) {
    const value = rewrites[key]({ service, settings, image, context, note });
    if (value !== undefined) body[key] = value;
    if (!toldByTheirParts.includes(key) && isChanged(service[key], value))
      notes.push(noteOf(name, key, serviceKeys[key]));
  }
  return { body, notes };
}

const toldByTheirParts = ['deploy', 'labels', 'networks', 'volumes'];

function isChanged(written: unknown, value: unknown): boolean {
  if (written === undefined || written === null) return false;
  return JSON.stringify(written) !== JSON.stringify(value);
}

const discovery = [/^traefik\./, /^caddy(?:[._].*)?$/, /^com\.centurylinklabs\.watchtower(?:\.|$)/];

function labelsOf({ service, settings, context, note }: Rewriting): Record<string, string> {
  const entries = Object.entries(service.labels ?? {});
  const attracts = (key: string): boolean => discovery.some((pattern) => pattern.test(key));
  for (const [key] of entries.filter(([name]) => attracts(name)))
    note(`labels.${key}`, 'dropped', 'the proxy or updater would act on both slots');
  const kept = entries.filter(([key]) => !attracts(key));
  return { ...Object.fromEntries(kept), ...context.labels, [label.service]: settings.name };
}

function deployOf({ service, note }: Rewriting): object | undefined {
  if (service.deploy === undefined) return undefined;
  const kept = Object.entries(service.deploy).filter(([key, value]) => {
    const known = ruleOf(deployKeys, key);
    if (known === undefined) note(`deploy.${key}`, 'unknown', 'passes through as written');
    if (known?.fate !== 'rewritten') return true;
    if (value !== null) note(`deploy.${key}`, 'rewritten', known.why);
    return false;
  });
  return Object.fromEntries(kept);
}

/** Dependencies among released services follow their new names; shared services run already. */
function dependencies({ service, context }: Rewriting): object | undefined {
  if (service.depends_on === undefined) return undefined;
  const kept = Object.entries(service.depends_on).filter(([name]) => context.isReleased(name));
  return Object.fromEntries(
    kept.map(([name, how]) => [slotServiceName(context.project, name), how] as const),
  );
}

/** `service:web` by its new name; anything else as it is. */
function namespaceOf(mode: string | undefined, { project }: SlotContext): string | undefined {
  const target = /^service:(.+)$/.exec(mode ?? '')?.[1];
  return target === undefined ? mode : `service:${slotServiceName(project, target)}`;
}

function volumesOf({ service, context, note }: Rewriting): unknown {
  return service.volumes?.map((mount) => {
    const copy =
      mount.type === 'bind' && mount.source !== undefined
        ? sentCopy(mount.source, context.sent)
        : undefined;
    if (copy === undefined) return mount;
    note(`volumes ${mount.target}`, 'rewritten', 'from the files of the release, read-only');
    return { ...mount, source: copy, read_only: true };
  });
}

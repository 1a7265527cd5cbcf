import { z } from 'zod';
import { unescapeDollar, type ComposeConfig, type ComposeService } from './compose-config';
import { ruleOf } from './key-rule';
import { attachmentKeys } from './project-keys';
import type { SlotNote } from './slot-notes';

/** A network that belongs to a slot and is kept between releases; the runner creates it when it is absent. */
export interface SlotNetwork {
  readonly name: string;
  readonly driver: string;
  /** No way out to the world. */
  readonly internal: boolean;
  readonly options: Readonly<Record<string, string>>;
}

/** A network of the team that slot services join, by its real name. */
export interface JoinedNetwork extends SlotNetwork {
  /** Its key in the team's compose file. */
  readonly key: string;
  /** The team declared it as external: it must exist. */
  readonly external: boolean;
  /** Everything else that the compose file says about it, for when it is made. */
  readonly more: Readonly<Record<string, unknown>>;
}

type Attachments = Record<string, Record<string, unknown>>;

export interface SlotNetworks {
  readonly own: readonly SlotNetwork[];
  readonly joined: readonly JoinedNetwork[];
  /** The `networks` of each service, in the slot's own document. */
  readonly of: (service: string) => Attachments | undefined;
  /** The `networks` at the top of the document. */
  readonly document: Readonly<Record<string, unknown>>;
  readonly notes: readonly SlotNote[];
}

/** Both keys sort before any name a team would use: a container asks its alphabetically first network for a name first. */
const keys = { open: '0-slot', closed: '0-slot-internal' };

/** A bridge can carry only one network. */
const unrepeatable = ['com.docker.network.bridge.name'];

/**
 * Lays out the networks of a slot: the team's own ones, joined under the unique name alone, and one of the slot where each
 * service has its plain name. Services that had no way out get an internal one, so that they still have none.
 */
export function slotNetworks(
  compose: ComposeConfig,
  project: string,
  services: Readonly<Record<string, ComposeService>>,
): SlotNetworks {
  const names = Object.keys(services).filter((name) => networksOf(services[name]).length > 0);
  const hasWayOut = (name: string): boolean =>
    networksOf(services[name]).some((key) => compose.networks[key]?.internal !== true);
  const open = names.filter(hasWayOut);
  const own: SlotNetwork[] = [];
  const like = likeOf(
    compose,
    names.flatMap((name) => networksOf(services[name])),
  );
  if (open.length > 0) own.push({ name: `0-${project}`, internal: false, ...like });
  if (open.length < names.length) {
    const suffix = open.length > 0 ? '-internal' : '';
    own.push({ name: `0-${project}${suffix}`, internal: true, ...like });
  }
  const ownOf = (name: string): readonly SlotNetwork[] =>
    own.filter(({ internal }) => internal || open.includes(name));
  const joined = joinedOf(
    compose,
    names.flatMap((name) => networksOf(services[name])),
  );
  const notes: SlotNote[] = [];
  const attachments = new Map(
    names.map((name) => [name, attach(name, services[name], ownOf(name), notes)]),
  );
  return {
    own,
    joined,
    of: (name) => attachments.get(name),
    document: documentOf(own, joined),
    notes,
  };
}

function networksOf(service: ComposeService | undefined): readonly string[] {
  if (service === undefined || service.network_mode !== undefined) return [];
  return Object.keys(service.networks ?? { default: null });
}

const keyOf = ({ internal }: SlotNetwork): string => (internal ? keys.closed : keys.open);

function documentOf(
  own: readonly SlotNetwork[],
  joined: readonly JoinedNetwork[],
): Record<string, unknown> {
  const external = (name: string): object => ({ name, external: true });
  return Object.fromEntries([
    ...own.map((network) => [keyOf(network), external(network.name)] as const),
    ...joined.map(({ key, name }) => [key, external(name)] as const),
  ]);
}

function attach(
  name: string,
  service: ComposeService | undefined,
  own: readonly SlotNetwork[],
  notes: SlotNote[],
): Attachments {
  const team = Object.entries(service?.networks ?? { default: null });
  const aliases = [...new Set([name, ...team.flatMap(([, how]) => how?.aliases ?? [])])];
  const result: Attachments = {};
  for (const network of own) result[keyOf(network)] = { aliases };
  for (const [key, how] of team) {
    const kept = Object.entries(how ?? {}).filter(([part]) => part !== 'aliases');
    result[key] = Object.fromEntries(
      kept.filter(([part]) => {
        const known = ruleOf(attachmentKeys, part);
        const told = { service: name, key: `networks.${key}.${part}` };
        if (known === undefined)
          notes.push({ ...told, fate: 'unknown', why: 'passes through as written' });
        if (known?.fate === 'dropped') notes.push({ ...told, fate: 'dropped', why: known.why });
        return known?.fate !== 'dropped';
      }),
    );
  }
  return result;
}

function optionsOf(compose: ComposeConfig, key: string): Record<string, string> {
  const options = Object.entries(compose.networks[key]?.driver_opts ?? {});
  return Object.fromEntries(options.map(([name, value]) => [name, unescapeDollar(value)]));
}

/** The slot's own networks are made like the team's: the default one, else the first that a service has. */
function likeOf(
  compose: ComposeConfig,
  used: readonly string[],
): Pick<SlotNetwork, 'driver' | 'options'> {
  const key = used.includes('default') ? 'default' : ([...used].sort()[0] ?? 'default');
  const entries = Object.entries(optionsOf(compose, key));
  const options = Object.fromEntries(entries.filter(([name]) => !unrepeatable.includes(name)));
  return { driver: compose.networks[key]?.driver === 'overlay' ? 'overlay' : 'bridge', options };
}

function joinedOf(compose: ComposeConfig, used: readonly string[]): readonly JoinedNetwork[] {
  return [...new Set(used)].sort().map((key) => {
    const network = compose.networks[key];
    return {
      key,
      name: network?.name ?? `${compose.name}_${key}`,
      driver: network?.driver ?? 'bridge',
      internal: network?.internal ?? false,
      options: optionsOf(compose, key),
      external: network?.external !== undefined && network.external !== false,
      more: restOf(network),
    };
  });
}

const ipam = z.looseObject({
  driver: z.string().optional(),
  config: z
    .array(
      z.looseObject({
        subnet: z.string().optional(),
        gateway: z.string().optional(),
        ip_range: z.string().optional(),
        aux_addresses: z.record(z.string(), z.string()).optional(),
      }),
    )
    .nullish(),
  options: z.record(z.string(), z.string()).nullish(),
});

/** What the Docker API calls the rest of a network's keys. */
function restOf(network: ComposeConfig['networks'][string] | undefined): Record<string, unknown> {
  if (network === undefined) return {};
  const { attachable, enable_ipv4: v4, enable_ipv6: v6, labels } = network;
  const { driver, config, options } = ipam.parse(network['ipam'] ?? {});
  const pools = (config ?? []).map(({ subnet, gateway, ip_range: range, aux_addresses: aux }) =>
    present({ Subnet: subnet, Gateway: gateway, IPRange: range, AuxiliaryAddresses: aux }),
  );
  const addresses = present({
    Driver: driver,
    Config: pools.length === 0 ? undefined : pools,
    Options: options ?? undefined,
  });
  return present({
    Attachable: attachable === true ? true : undefined,
    EnableIPv4: v4,
    EnableIPv6: v6,
    IPAM: Object.keys(addresses).length === 0 ? undefined : { Driver: 'default', ...addresses },
    Labels: labels ?? undefined,
  });
}

function present(entries: Readonly<Record<string, unknown>>): Record<string, unknown> {
  return Object.fromEntries(Object.entries(entries).filter(([, value]) => value !== undefined));
}

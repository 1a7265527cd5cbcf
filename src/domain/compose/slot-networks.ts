import { unescapeDollar, type ComposeConfig, type ComposeService } from './compose-config';

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
}

type Attachments = Record<string, Record<string, unknown>>;

export interface SlotNetworks {
  readonly own: readonly SlotNetwork[];
  readonly joined: readonly JoinedNetwork[];
  /** The `networks` of each service, in the slot's own document. */
  readonly of: (service: string) => Attachments | undefined;
  /** The `networks` at the top of the document. */
  readonly document: Readonly<Record<string, unknown>>;
  readonly notes: readonly string[];
}

/** Both keys sort before any name a team would use: a container asks its alphabetically first network for a name first. */
const keys = { open: '0-slot', closed: '0-slot-internal' };

/** A bridge can carry only one network, and fixed addresses fit only the original. */
const unrepeatable = ['com.docker.network.bridge.name'];
const fixed = ['ipv4_address', 'ipv6_address', 'link_local_ips', 'mac_address'];

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
  const notes: string[] = [];
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
  notes: string[],
): Attachments {
  const team = Object.entries(service?.networks ?? { default: null });
  const aliases = [...new Set([name, ...team.flatMap(([, how]) => how?.aliases ?? [])])];
  const result: Attachments = {};
  for (const network of own) result[keyOf(network)] = { aliases };
  for (const [key, how] of team) {
    const kept = Object.entries(how ?? {}).filter(([part]) => part !== 'aliases');
    for (const [part] of kept.filter(([part]) => fixed.includes(part))) {
      notes.push(`${name}: networks.${key}.${part} is left out`);
    }
    result[key] = Object.fromEntries(kept.filter(([part]) => !fixed.includes(part)));
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
    };
  });
}

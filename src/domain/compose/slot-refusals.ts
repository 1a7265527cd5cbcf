import type { Problem } from '../problem';
import type { ComposeConfig, ComposeService } from './compose-config';
import type { KeysOf } from './key-rule';
import { serviceKeys } from './service-keys';
import { waitsFor } from './one-shots';
import { sentInside, type SentPath } from './sent-files';
import type { ServiceSettings } from './settings';

/** What the rules about one service look at. */
export interface ServiceCase {
  readonly service: ComposeService;
  readonly settings: ServiceSettings;
  readonly compose: ComposeConfig;
  readonly isReleased: (name: string) => boolean;
  readonly sent: readonly SentPath[];
}

/** The keys that the table refuses, always or in some case. */
type RefusedKey = {
  [K in keyof typeof serviceKeys]: (typeof serviceKeys)[K] extends { readonly refused: string }
    ? K
    : never;
}[keyof typeof serviceKeys];

type Finding = Omit<Problem, 'path'> & { readonly key: RefusedKey };

/** Every reason why a service cannot live in a slot, each with its fix. */
export function slotRefusals(one: ServiceCase): readonly Problem[] {
  const rules = [
    refusePorts,
    refuseNetworkMode,
    refuseSharing,
    refuseOneShot,
    refuseFiles,
    refuseAlways,
  ];
  const path = `services.${one.settings.name}`;
  return rules
    .flatMap((rule) => rule(one))
    .map(({ key, says, fix }) => ({ path: `${path}.${key}`, says, fix }));
}

const keepShared = (name: string): string => `take ${name} out of release, so that it stays shared`;

function refusePorts({ service, settings }: ServiceCase): readonly Finding[] {
  const published = (service.ports ?? []).filter((port) => port.published !== undefined);
  return published
    .filter(({ target, protocol = 'tcp' }) => target !== settings.port || protocol !== 'tcp')
    .map(({ target, published: host, protocol = 'tcp' }) => ({
      key: 'ports',
      says: `publishes ${target}/${protocol} on host port ${host ?? ''}, which two slots cannot both have, and no route leads there`,
      fix:
        settings.port === null && protocol === 'tcp'
          ? `set release.${settings.name}.port: ${target} and route to it in the proxy, or stop publishing it`
          : `stop publishing it, or ${keepShared(settings.name)}`,
    }));
}

function refuseNetworkMode({ service, settings, isReleased }: ServiceCase): readonly Finding[] {
  const mode = service.network_mode;
  if (mode === undefined) return [];
  const [kind, target = ''] = mode.split(':');
  const found = (says: string, fix: string): Finding[] => [{ key: 'network_mode', says, fix }];
  if (kind === 'host') {
    const says = 'is host: both slots would take the same ports of the host';
    return found(says, `join a network instead, or ${keepShared(settings.name)}`);
  }
  if (kind === 'container' || (kind === 'service' && !isReleased(target))) {
    const says = `is ${mode}: a slot cannot live in the network of a container that stays`;
    return found(says, `join a network instead, or release ${target || 'it'} too`);
  }
  if (settings.port === null) return [];
  const says = `is ${mode}, so the proxy cannot reach the service by its name`;
  return found(says, 'join a network, or route to the service that owns it');
}

function refuseSharing({ service, compose, isReleased }: ServiceCase): readonly Finding[] {
  const targets: readonly (readonly [RefusedKey, string, string])[] = [
    ...(service.links ?? []).map((link) => ['links', link.split(':')[0] ?? '', link] as const),
    ...(service.volumes_from ?? []).map((from) => ['volumes_from', ownerOf(from), from] as const),
    ...(['pid', 'ipc'] as const)
      .filter((key) => /^(service|container):/.test(service[key] ?? ''))
      .map((key) => [key, ownerOf(service[key] ?? ''), service[key] ?? ''] as const),
  ];
  return targets
    .filter(([, target]) => !isReleased(target))
    .map(([key, target, written]) => ({
      key,
      says: `reaches into ${written}, which stays while slots change`,
      fix: fixOfSharing(key, target in compose.services ? target : null),
    }));
}

/** `web:ro` → web, `service:web` → web, `container:web:ro` → '' (nothing of ours). */
function ownerOf(reference: string): string {
  const words = reference.split(':');
  if (words[0] === 'container') return '';
  return (words[0] === 'service' ? words[1] : words[0]) ?? '';
}

function fixOfSharing(key: string, target: string | null): string {
  if (key === 'links') return `drop the link and use the name ${target ?? 'on a shared network'}`;
  if (key === 'volumes_from') return 'name the volumes under volumes';
  return `remove ${key}${target === null ? '' : `, or release ${target} too`}`;
}

/** A service that ends is none that serves: what waits for its end says so. */
function refuseOneShot({
  settings: { name },
  compose,
  isReleased,
}: ServiceCase): readonly Finding[] {
  if (!isReleased(name)) return [];
  const waiting = Object.keys(compose.services).find((other) =>
    waitsFor(compose, other).includes(name),
  );
  if (waiting === undefined) return [];
  return [
    {
      key: 'depends_on',
      says: `ends by itself: ${waiting} waits until it has completed`,
      fix: `take ${name} out of release; it runs once per release, before the services that wait for it`,
    },
  ];
}

function refuseFiles({ service, sent }: ServiceCase): readonly Finding[] {
  return (service.volumes ?? []).flatMap(({ type, source = '', target }) => {
    const inside = type === 'bind' ? sentInside(source, sent) : [];
    if (inside.length === 0) return [];
    return [
      {
        key: 'volumes' as const,
        says: `binds ${source} to ${target}, and only ${inside.join(', ')} of it is in files`,
        fix: 'name the whole folder under files, or bind its files one by one',
      },
    ];
  });
}

const always = {
  external_links: 'use the name on a shared network',
  models: 'call the model as a service of its own',
  post_start: 'do that work in the entrypoint',
  pre_stop: 'do that work on SIGTERM',
  provider: 'take the service out of release',
} as const satisfies Record<KeysOf<typeof serviceKeys, 'refused'>, string>;

function refuseAlways({ service }: ServiceCase): readonly Finding[] {
  const keys = Object.keys(always) as (keyof typeof always)[];
  return keys
    .filter((key) => service[key] !== undefined && service[key] !== null)
    .map((key) => ({
      key,
      says: `cannot be released: ${serviceKeys[key].why}`,
      fix: always[key],
    }));
}

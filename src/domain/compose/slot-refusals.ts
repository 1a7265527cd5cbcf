import type { Problem } from '../problem';
import type { ComposeConfig, ComposeService } from './compose-config';
import type { ServiceSettings } from './settings';

/** What the rules about one service look at. */
export interface ServiceCase {
  readonly service: ComposeService;
  readonly settings: ServiceSettings;
  readonly compose: ComposeConfig;
  readonly isReleased: (name: string) => boolean;
  /** The service whose one-off run is the migration. */
  readonly migrates: string | null;
}

type Finding = Omit<Problem, 'path'> & { readonly key: string };

/** Every reason why a service cannot live in a slot, each with its fix. */
export function slotRefusals(one: ServiceCase): readonly Problem[] {
  const rules = [refusePorts, refuseNetworkMode, refuseSharing, refuseOneShots, refuseHooks];
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
  const targets = [
    ...(service.links ?? []).map((link) => ['links', link.split(':')[0] ?? '', link]),
    ...(service.volumes_from ?? []).map((from) => ['volumes_from', ownerOf(from), from]),
    ...(['pid', 'ipc'] as const)
      .filter((key) => /^(service|container):/.test(service[key] ?? ''))
      .map((key) => [key, ownerOf(service[key] ?? ''), service[key] ?? '']),
  ];
  return targets
    .filter(([, target = '']) => !isReleased(target))
    .map(([key = '', target = '', written = '']) => ({
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

function refuseOneShots({ service, isReleased, migrates }: ServiceCase): readonly Finding[] {
  return Object.entries(service.depends_on ?? {})
    .filter(([, { condition }]) => condition === 'service_completed_successfully')
    .filter(([name]) => name !== migrates && !isReleased(name))
    .map(([name]) => ({
      key: 'depends_on',
      says: `waits for the one-shot service ${name}, and running those per release is not supported yet`,
      fix: `do its work in migrate (migrate.service: ${name}), or drop the dependency`,
    }));
}

function refuseHooks({ service }: ServiceCase): readonly Finding[] {
  return ['post_start', 'pre_stop']
    .filter((key) => service[key] !== undefined)
    .map((key) => ({
      key,
      says: 'is not supported yet: containers are started and stopped without Compose',
      fix: 'do that work in the entrypoint, or on SIGTERM',
    }));
}

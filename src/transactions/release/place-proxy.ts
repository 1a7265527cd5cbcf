import type { Config } from '../../config/config';
import {
  unescapeDollar,
  type ComposeConfig,
  type ComposeService,
} from '../../domain/compose/compose-config';
import { publishedAddress } from '../../domain/compose/published-address';
import type { Problem } from '../../domain/problem';
import { driverOf } from '../../domain/proxy/drivers';
import { homeOf, type ProxyHome } from '../../domain/proxy/home';
import { choosePorts, type LoopbackPorts } from '../../domain/proxy/loopback-ports';
import { managedProxy } from '../../domain/proxy/managed-container';
import { mountedPath, type Mount } from '../../domain/proxy/mounted-path';
import { namesIn, portsIn, type AddressOf } from '../../domain/proxy/routes';
import type { Findings } from './findings';
import type { Survey } from './survey';

/** Where the proxy runs, where it sees its folder, and where it finds a service. */
export interface ProxyPlace {
  readonly home: ProxyHome;
  /** False when there is no such service. */
  readonly hasProxy: boolean;
  /** The proxy's configuration folder on the host, and where the proxy sees it; '' = nowhere. */
  readonly configDir: string;
  readonly proxyDir: string;
  /** What the compose file mounts into the proxy. */
  readonly proxyMounts: readonly Mount[];
  /** Where the proxy finds a service in each slot. */
  readonly addressOf: AddressOf;
  /** Ports of the host for each routed service; none where the proxy runs in a container. */
  readonly loopback: Readonly<Record<string, LoopbackPorts>>;
}

/** Places the proxy of a stack; that it does not see its folder is added to the findings. */
export function placeProxy(
  config: Config,
  seen: Survey,
  compose: ComposeConfig,
  findings: Findings,
): ProxyPlace {
  const { configDir } = seen;
  const home = homeOf(config.proxy, compose.name);
  const outside = config.proxy.project !== null;
  if (outside) findings.add(...outsideProblems(config, seen, compose));
  const hasProxy = outside
    ? seen.outsideProxy !== null
    : home.at !== 'service' || Object.hasOwn(compose.services, home.service);
  const proxyMounts = outside
    ? (seen.outsideProxy?.mounts ?? [])
    : bindsOf(home.at === 'service' ? compose.services[home.service] : undefined);
  const ownDir = home.at === 'container' ? managedProxy.dir : configDir;
  const proxyDir = home.at === 'service' ? seenAt(proxyMounts, seen) : ownDir;
  // A proxy that the compose file does not have is named elsewhere.
  if (proxyDir === null && hasProxy && home.at === 'service') {
    findings.add(unmounted(home.service, configDir, driverOf(config.proxy).usualDir));
  }
  const place = { home, hasProxy, configDir, proxyDir: proxyDir ?? '', proxyMounts };
  if (home.at !== 'host') {
    return { ...place, addressOf: namesIn(config.app, config.environment), loopback: {} };
  }
  const addressOf = portsIn((name, port) => publishedAddress(compose.services[name], port));
  return { ...place, addressOf, loopback: loopbackPorts(config, seen) };
}

/** A folder may be mounted by another name than the one that leads to it by a symbolic link. */
function seenAt(mounts: readonly Mount[], { configDir, evaluation }: Survey): string | null {
  const real = evaluation?.configReal ?? '';
  return mountedPath(mounts, configDir) ?? (real === '' ? null : mountedPath(mounts, real));
}

/** A proxy of another project must run, and share a network with what it is to reach. */
function outsideProblems(
  { proxy, services }: Config,
  { outsideProxy }: Survey,
  compose: ComposeConfig,
): Problem[] {
  const name = `${proxy.service ?? ''} of the project ${proxy.project ?? ''}`;
  if (outsideProxy === null) {
    const says = `${name} does not run on this server`;
    return [{ path: 'proxy.service', says, fix: 'start it, or correct proxy.project' }];
  }
  const reached = Object.keys(outsideProxy.networks);
  const networksOf = (service: string): string[] =>
    Object.keys(compose.services[service]?.networks ?? { default: null }).map(
      (key) => compose.networks[key]?.name ?? `${compose.name}_${key}`,
    );
  return services
    .filter(({ port }) => port !== null)
    .filter((service) => !networksOf(service.name).some((network) => reached.includes(network)))
    .map((service) => ({
      path: `services.${service.name}.networks`,
      says: `has no network in common with the proxy ${name}`,
      fix: `join one of ${reached.join(', ')} as an external network`,
    }));
}

function bindsOf(service: ComposeService | undefined): Mount[] {
  return (service?.volumes ?? []).flatMap(({ type, source, target }) =>
    type === 'bind' && source !== undefined
      ? [{ source: unescapeDollar(source), destination: unescapeDollar(target) }]
      : [],
  );
}

/** The ports that services keep over releases, in `release` now or before. */
function loopbackPorts(config: Config, { facts, look, slotPorts }: Survey): ProxyPlace['loopback'] {
  const recorded = facts.ledger.toReversed().map(({ services }) => services);
  const routed = [
    ...config.services.flatMap(({ name, port }) => (port === null ? [] : [name])),
    ...recorded.flat().flatMap(({ name, loopback }) => (loopback === undefined ? [] : [name])),
  ];
  const foreign = look.listening.filter((port) => !slotPorts.listening.includes(port));
  return choosePorts([...new Set(routed)], recorded, new Set([...foreign, ...slotPorts.foreign]));
}

function unmounted(service: string, configDir: string, usualDir: string): Problem {
  return {
    path: `services.${service}.volumes`,
    says: `does not mount ${configDir}, where the proxy is to read which slot serves`,
    fix: `add the line - ${configDir}:${usualDir}:ro`,
  };
}

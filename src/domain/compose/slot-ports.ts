import type { Problem } from '../problem';
import type { LoopbackPorts } from '../proxy/loopback-ports';
import { label } from '../release/labels';
import type { OwnSlot } from './slot-names';
import type { ComposeService } from './compose-config';
import type { ServiceSettings } from './settings';

/** What makes a service reachable from the host on the port that it has in a slot, and reserves it for both slots. */
function publishedPort(
  port: number,
  slot: OwnSlot,
  { blue, green }: LoopbackPorts,
): { readonly ports: readonly object[]; readonly labels: Readonly<Record<string, string>> } {
  const published = String(slot === 'blue' ? blue : green);
  return {
    ports: [{ mode: 'host', host_ip: '127.0.0.1', target: port, published, protocol: 'tcp' }],
    labels: { [label.ports]: `${blue},${green}` },
  };
}

/** A routed service with the port of the host that its slot has; any other as it is. */
export function withPort(
  body: ComposeService,
  { name, port }: ServiceSettings,
  {
    slot,
    loopback = {},
  }: { readonly slot: OwnSlot; readonly loopback?: Readonly<Record<string, LoopbackPorts>> },
): ComposeService {
  const pair = loopback[name];
  if (port === null || pair === undefined) return body;
  const { ports, labels } = publishedPort(port, slot, pair);
  return { ...body, ports: [...ports], labels: { ...body.labels, ...labels } } as ComposeService;
}

/** One port of the host leads to one container. */
export function replicaProblems(
  parts: readonly { readonly settings: ServiceSettings; readonly service: ComposeService }[],
  loopback: Readonly<Record<string, LoopbackPorts>>,
): readonly Problem[] {
  return parts
    .filter(({ settings: { name, port } }) => port !== null && loopback[name] !== undefined)
    .filter(({ service }) => replicasOf(service) > 1)
    .map(({ settings: { name }, service }) => ({
      path: `services.${name}`,
      says: `has ${replicasOf(service)} replicas, and a proxy on the host reaches one of them, by the port that it publishes`,
      fix: 'run one replica with more workers in it, or run nginx as a service of the stack (proxy.service)',
    }));
}

/** How many containers of a service there are to be. */
export function replicasOf(service: ComposeService): number {
  return service.scale ?? service.deploy?.replicas ?? 1;
}

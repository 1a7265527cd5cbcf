import type { ReleasedService } from '../records/release';
import { slotServiceName } from './slot-names';
import type { RenderedSlot } from './slot';

type Body = Readonly<{ networks?: Readonly<Record<string, unknown>> }>;

/**
 * Lets the routed services of a slot join the network of the managed proxy when they are made: nobody but the proxy and the routed
 * services of other slots is there, and they are known by their unique names alone.
 */
export function joinProxy(rendered: RenderedSlot, network: string): RenderedSlot {
  const { document, project, services } = rendered;
  const bodies = document['services'] as Readonly<Record<string, Body>>;
  const routed = services.filter(isRouted).map(({ name }) => slotServiceName(project, name));
  const join = (body: Body): Body => ({ ...body, networks: { ...body.networks, [network]: {} } });
  return {
    ...rendered,
    document: {
      ...document,
      services: Object.fromEntries(
        Object.entries(bodies).map(([name, body]) => [
          name,
          routed.includes(name) ? join(body) : body,
        ]),
      ),
      networks: {
        ...(document['networks'] as object),
        [network]: { name: network, external: true },
      },
    },
  };
}

const isRouted = ({ port }: ReleasedService): boolean => port !== undefined;

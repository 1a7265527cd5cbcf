import { slotProject, slotServiceName } from '../compose/slot-names';
import type { ReleasedService, SlotName } from '../records/release';

/** A released service that the proxy sends requests to, with its address (`host:port`) in each slot. */
export interface Route {
  readonly service: string;
  readonly at: Readonly<Record<SlotName, string>>;
}

/** A service with a port, as a release has it. */
export type RoutedService = Pick<ReleasedService, 'name' | 'loopback'> & { readonly port: number };

/** The address of a service in a slot. */
export type AddressOf = (slot: SlotName, service: RoutedService) => string;

const slots = ['adopted', 'blue', 'green'] as const;

/**
 * The routes of what serves and of what is to serve: the way back must stay open. Where a slot has a release without the
 * service, the address is that of the other release; nobody answers there.
 */
export function routesOf(
  releases: readonly {
    readonly slot: SlotName;
    readonly services: readonly Pick<ReleasedService, 'name' | 'port' | 'loopback'>[];
  }[],
  addressOf: AddressOf,
): readonly Route[] {
  const routed = releases.flatMap(({ slot, services }) =>
    services.flatMap(({ port, ...one }) => (port === undefined ? [] : [{ ...one, slot, port }])),
  );
  return [...new Set(routed.map(({ name }) => name))].map((service) => {
    const own = routed.filter(({ name }) => name === service);
    const of = (slot: SlotName) => own.findLast((one) => one.slot === slot);
    // Always the same one, whoever of the two serves: a text that changes is a reload, which resets idle connections.
    const any = of('blue') ?? of('green') ?? of('adopted');
    const at = (slot: SlotName): string => {
      const found = of(slot) ?? any;
      return found === undefined ? nowhere : addressOf(slot, found);
    };
    const [adopted, blue, green] = slots.map(at);
    return { service, at: { adopted, blue, green } as Route['at'] };
  });
}

/** The discard port of the host itself: nothing listens there. */
export const nowhere = '127.0.0.1:9';

/** Names on the networks of the team: the plain one before the first release, the slot's own ones after it. */
export function namesIn(app: string, environment: string): AddressOf {
  return (slot, { name, port }) => {
    const host =
      slot === 'adopted' ? name : slotServiceName(slotProject({ app, environment }, slot), name);
    return `${host}:${port}`;
  };
}

/** Ports of the host: those that a slot publishes, and what the team's compose file publishes itself. */
export function portsIn(published: (service: string, port: number) => string | null): AddressOf {
  return (slot, { name, port, loopback }) => {
    if (slot === 'adopted') return published(name, port) ?? nowhere;
    return loopback === undefined ? nowhere : `127.0.0.1:${loopback[slot]}`;
  };
}

import type { Config } from '../../config/config';
import { idleSlot } from '../../domain/proxy/markers';
import type { IncludeRequest } from '../../domain/proxy/driver';
import { driverOf } from '../../domain/proxy/drivers';
import type { SlotSite } from '../../domain/proxy/site';
import { routesOf, type AddressOf } from '../../domain/proxy/routes';
import type { PlacedRelease } from '../../domain/records/plan';
import type { Release, ReleasedService, SlotName } from '../../domain/records/release';
import type { Stack } from './read-stack';

/** A release as far as a proxy is concerned. */
interface Target {
  readonly slot: SlotName;
  readonly services: readonly Pick<ReleasedService, 'name' | 'port' | 'loopback' | 'sites'>[];
}

/** What the proxy is to be told once `target` may serve beside what serves now. */
export function includeOf(
  { app, environment, proxy }: Config,
  { token, proxyDir, live, addressOf, recorded }: Stack,
  target: Target,
): IncludeRequest {
  const serving = live === null ? [] : [servicesOf(live)];
  const current = [...serving, target];
  const routes = routesOf([...retired(recorded, current), ...current], addressOf)
    // In one order, whoever serves: a text that changes is a reload, which resets idle connections.
    .toSorted((one, other) => (one.service < other.service ? -1 : 1));
  const dir = proxyDir === '' ? driverOf(proxy).usualDir : proxyDir;
  const request = {
    app,
    environment,
    token,
    dir,
    sharedBlock: proxy.sharedBlock,
    outside: proxy.project !== null,
    routes,
  };
  if (proxy.kind !== 'managed') return request;
  const { tls, email } = proxy.managed;
  const of = (slot: 'blue' | 'green'): readonly SlotSite[] =>
    sitesIn(slot, current.findLast((one) => one.slot === slot) ?? target, addressOf);
  return { ...request, managed: { tls, email, slots: { blue: of('blue'), green: of('green') } } };
}

/** What a release serves in a slot; where a slot has none of its own, the other one's: then nothing changes when it gets it. */
function sitesIn(slot: SlotName, { services }: Target, addressOf: AddressOf): readonly SlotSite[] {
  return services.flatMap(({ port, sites = [], ...service }) =>
    port === undefined
      ? []
      : sites.map((site) => ({
          ...site,
          service: service.name,
          address: addressOf(slot, { ...service, port }),
        })),
  );
}

/**
 * Routes that only other releases on record have: the team's configuration may still name them, and a proxy does not start
 * with a name that it does not know. One that was renamed to what the proxy cannot tell apart makes room.
 */
function retired(recorded: readonly Release[], current: readonly Target[]): readonly Target[] {
  const spelled = (name: string): string => name.replaceAll(/[.-]/g, '_');
  const now = current.flatMap(({ services }) => services.map(({ name }) => name));
  const owners = new Map(now.map((name) => [spelled(name), '']));
  const own = ({ name }: { readonly name: string }): boolean => {
    const owner = owners.get(spelled(name)) ?? name;
    owners.set(spelled(name), owner);
    return owner === name;
  };
  return recorded
    .toReversed()
    .map(({ slot, services }) => ({ slot, services: services.filter(own) }));
}

/** A release with where it lives. */
export function servicesOf({ slot, release: { services } }: PlacedRelease): Target {
  return { slot, services };
}

/** The release that the config asks for, in the slot that it will get, before it is drafted. */
export function wantedTarget({ services, sites }: Config, stack: Stack): Target {
  return {
    slot: idleSlot(stack.live?.slot ?? null, stack.markers),
    services: services.map(({ name, port }) => ({
      name,
      ...(port === null ? {} : { port }),
      ...(sites[name] === undefined ? {} : { sites: [...sites[name]] }),
      ...(stack.loopback[name] === undefined ? {} : { loopback: stack.loopback[name] }),
    })),
  };
}

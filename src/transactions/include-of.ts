import type { Config } from '../config/config';
import { idleSlot } from '../domain/proxy/markers';
import type { IncludeRequest } from '../domain/proxy/driver';
import { driverOf } from '../domain/proxy/drivers';
import { routesOf } from '../domain/proxy/routes';
import type { PlacedRelease } from '../domain/records/plan';
import type { Stack } from './read-stack';

type Target = Parameters<typeof routesOf>[0][number];

/** What the proxy is to be told once `target` may serve beside what serves now. */
export function includeOf(
  { app, environment, proxy }: Config,
  { token, proxyDir, live, addressOf }: Stack,
  target: Target,
): IncludeRequest {
  const serving = live === null ? [] : [servicesOf(live)];
  const routes = routesOf([...serving, target], addressOf);
  const dir = proxyDir === '' ? driverOf(proxy).usualDir : proxyDir;
  return { app, environment, token, dir, sharedBlock: proxy.sharedBlock, routes };
}

/** A release with where it lives. */
export function servicesOf({ slot, release: { services } }: PlacedRelease): Target {
  return { slot, services };
}

/** The release that the config asks for, in the slot that it will get, before it is drafted. */
export function wantedTarget({ services }: Config, stack: Stack): Target {
  return {
    slot: idleSlot(stack.live?.slot ?? null, stack.markers),
    services: services.map(({ name, port }) => ({
      name,
      ...(port === null ? {} : { port }),
      ...(stack.loopback[name] === undefined ? {} : { loopback: stack.loopback[name] }),
    })),
  };
}

import type { ProxySettings } from './settings';
import type { ProxyDriver } from './driver';
import { caddyDriver } from './caddy';
import { managedDriver } from './managed';
import { nginxDriver } from './nginx';

/** The driver of a proxy. */
export function driverOf({
  kind,
  service,
  caddyfile,
}: Pick<ProxySettings, 'kind' | 'service' | 'caddyfile'>): ProxyDriver {
  const drivers = {
    nginx: () => nginxDriver(service === null ? 'host' : 'container'),
    caddy: () => caddyDriver(caddyfile),
    managed: () => managedDriver,
  };
  return drivers[kind]();
}

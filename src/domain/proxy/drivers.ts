import type { ProxySettings } from './settings';
import type { ProxyDriver } from './driver';
import { nginxDriver } from './nginx';

/** The driver of a proxy. */
export function driverOf({ kind, service }: Pick<ProxySettings, 'kind' | 'service'>): ProxyDriver {
  const drivers = { nginx: () => nginxDriver(service === null ? 'host' : 'container') };
  return drivers[kind]();
}

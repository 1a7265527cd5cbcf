import { ShiplockError } from '../../errors';
import { caddyDriver } from './caddy';
import type { ProxyDriver } from './driver';
import { managedCaddyfile, managedSites } from './managed-caddy';
import { managedProxy } from './managed-container';

/** The proxy that Shiplock starts and owns: nobody else writes its configuration, so there is nothing to judge or to prepare. */
export const managedDriver: ProxyDriver = {
  ...caddyDriver(managedProxy.caddyfile),
  keepsConnections: false,
  usualDir: managedProxy.dir,
  include: (request) => {
    const { managed } = request;
    if (managed === undefined) throw new ShiplockError('no sites were named', { fault: 'bug' });
    return managedSites({ ...request, ...managed });
  },
  checkInclude: () => [],
  findProblems: () => [],
  adoption: () => '',
};

/** What lies in the proxy's folder beside the files of the apps. */
export const proxyCaddyfile = managedCaddyfile(managedProxy.dir);

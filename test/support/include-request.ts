import type { IncludeRequest } from '../../src/domain/proxy/driver';
import { namesIn, routesOf } from '../../src/domain/proxy/routes';

/** What nginx in a container is to be told of shop in production: services with their ports, the same in every slot. */
export function includeRequest(
  ports: Readonly<Record<string, number>>,
  changes: Partial<IncludeRequest> = {},
): IncludeRequest {
  const names = { app: 'shop', environment: 'production', ...changes };
  const services = Object.entries(ports).map(([name, port]) => ({ name, port }));
  return {
    ...names,
    token: 'c0ffee',
    dir: '/etc/nginx/shiplock',
    sharedBlock: false,
    routes: routesOf([{ slot: 'blue', services }], namesIn(names.app, names.environment)),
    ...changes,
  };
}

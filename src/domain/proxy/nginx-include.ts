import type { Problem } from '../problem';
import { markerPaths } from './markers';

/** A released service that the proxy sends requests to. */
export interface Route {
  readonly service: string;
  readonly port: number;
}

export interface IncludeRequest {
  readonly app: string;
  readonly environment: string;
  /** Makes the confirmation's path impossible to guess. */
  readonly token: string;
  readonly routes: readonly Route[];
  /** The folder of the include and the markers as the proxy's container sees it. */
  readonly containerDir: string;
}

/** The nginx variable that holds the live address of a service: `celery-beat` → `$shiplock_celery_beat`. */
export function nginxVariable(service: string): string {
  return `$shiplock_${service.replaceAll(/[.-]/g, '_')}`;
}

/** The path that answers which slot and release serve. */
export function tokenPath(token: string): string {
  return `/.well-known/shiplock-${token}`;
}

/** The token of an include that we wrote; null when there is none. */
export function tokenIn(include: string | null): string | null {
  return /\/\.well-known\/shiplock-([0-9a-f]{16,})/.exec(include ?? '')?.[1] ?? null;
}

/**
 * The file that a team's server block includes. It looks at the markers at every request, so a switch needs no reload. Docker's
 * resolver is asked again every 2 s, which is why a slot made anew rests a little before it gets traffic.
 */
export function nginxInclude(request: IncludeRequest): string {
  const { app, environment, token, routes, containerDir } = request;
  const { markers } = markerPaths(containerDir, app, environment);
  return `# Written by Shiplock for ${app}, ${environment}; changes made here do not last.
resolver 127.0.0.11 valid=2s ipv6=off;
resolver_timeout 3s;
set $shiplock_slot blue;
if (-f ${markers}/green) { set $shiplock_slot green; }
# Without this marker the containers from before the first release serve.
if (!-f ${markers}/managed) { set $shiplock_slot adopted; }
${routes.map((route) => variableOf(request, route)).join('')}location = ${tokenPath(token)} {
  default_type application/json;
  add_header Cache-Control no-store;
  access_log off;
  alias ${markers}/$shiplock_slot.json;
}
`;
}

function variableOf({ app, environment }: IncludeRequest, { service, port }: Route): string {
  const variable = nginxVariable(service);
  // The same name as `slotServiceName` gives, with the slot left to nginx.
  const name = `${app}-${environment}-$shiplock_slot-${service}`;
  return `set ${variable} ${name}:${port};
if ($shiplock_slot = adopted) { set ${variable} ${service}:${port}; }
`;
}

/** Routes that nginx could not tell apart, and folders it could not read. */
export function checkInclude({ routes, containerDir }: IncludeRequest): readonly Problem[] {
  const taken = new Map<string, string>([['$shiplock_slot', 'the slot itself']]);
  const problems: Problem[] = [];
  for (const { service } of routes) {
    const variable = nginxVariable(service);
    const other = taken.get(variable);
    if (other !== undefined) {
      const says = `its nginx variable ${variable} is that of ${other}`;
      problems.push({ path: `release.${service}`, says, fix: 'rename the service' });
    }
    taken.set(variable, service);
  }
  if (!/^\/[\w./@+-]*$/.test(containerDir)) {
    const says = `${JSON.stringify(containerDir)} has characters that nginx would read as its own`;
    const fix = 'mount the folder at a path of letters, digits, ".", "_", "-"';
    problems.push({ path: 'proxy.config-dir', says, fix });
  }
  return problems;
}

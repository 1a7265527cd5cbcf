import type { Problem } from '../problem';
import { caddyPlaceholder } from './caddy-include';
import { tokenPath, type IncludeRequest } from './driver';
import { markerPaths } from './markers';

type Json = Readonly<Record<string, unknown>>;

/**
 * What in the proxy's whole configuration (`caddy adapt`) would keep a switch from reaching the app.
 * @param adapted Caddy's JSON
 * @param services the released ones that must be routed to
 */
export function findCaddyProblems(
  adapted: string,
  request: IncludeRequest,
  services: readonly string[],
): readonly Problem[] {
  const objects = objectsIn(JSON.parse(adapted));
  return [
    ...(answersToken(objects, request) ? [] : [notImported(request, services)]),
    ...services.flatMap((service) => routeProblems(objects, service)),
  ];
}

/** Every object of a document, the outer ones first. */
function objectsIn(value: unknown): readonly Json[] {
  if (Array.isArray(value)) return value.flatMap(objectsIn);
  if (typeof value !== 'object' || value === null) return [];
  return [value as Json, ...Object.values(value).flatMap(objectsIn)];
}

function answersToken(objects: readonly Json[], { token }: IncludeRequest): boolean {
  const wanted = tokenPath(token);
  return objects.some(({ path }) => Array.isArray(path) && path.includes(wanted));
}

function notImported(
  { dir, app, environment }: IncludeRequest,
  services: readonly string[],
): Problem {
  const { include } = caddyPaths(dir, app, environment);
  const lines = services.map((service) => `"reverse_proxy ${caddyPlaceholder(service)}"`);
  return {
    path: 'Caddyfile',
    says: `no site imports ${include}`,
    fix: `put "import ${include}" into the site block of the app, and send requests on with ${lines.join(', ')}`,
  };
}

function routeProblems(objects: readonly Json[], service: string): readonly Problem[] {
  const variable = caddyPlaceholder(service);
  const proxies = objects.filter(({ handler }) => handler === 'reverse_proxy');
  const targets = proxies.flatMap(targetsOf);
  const literal = targets.filter((target) => hostOf(target) === service.toLowerCase());
  const fix = `write reverse_proxy ${variable}`;
  if (literal.length > 0) {
    const says = `reverse_proxy ${literal[0] ?? service} names ${service}, which is gone once only slots run`;
    return [{ path: 'Caddyfile', says, fix }];
  }
  if (targets.some((target) => target.includes(caddyPlaceholder(service)))) return [];
  return [{ path: 'Caddyfile', says: `nothing is sent to ${variable}`, fix }];
}

/** The addresses that a reverse_proxy names, those it looks up by itself as well. */
function targetsOf(proxy: Json): readonly string[] {
  const dials = objectsIn(proxy['upstreams']).map(({ dial }) => dial);
  const names = objectsIn(proxy['dynamic_upstreams']).map(({ name }) => name);
  return [...dials, ...names].filter((text) => typeof text === 'string');
}

const hostOf = (target: string): string => target.replace(/:\d+$/, '').toLowerCase();

/** Our file and the markers in the folder that Caddy reads. */
export function caddyPaths(
  dir: string,
  app: string,
  environment: string,
): { readonly include: string; readonly markers: string } {
  const { markers } = markerPaths(dir, app, environment);
  return { include: `${markers}.caddy`, markers };
}

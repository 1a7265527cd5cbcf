import { sameSites } from '../domain/proxy/managed-caddy';
import { siteUrl, type Site } from '../domain/proxy/site';
import { defaultProxyImage } from '../domain/proxy/managed-container';
import type { ProxySettings } from '../domain/proxy/settings';
import type { Report } from './checks';
import type { MergedConfig } from './schema';

type Kind = ProxySettings['kind'];

/** Keys that mean nothing to the other kinds; those with a default cannot be told from absent ones. */
const own = {
  service: ['nginx', 'caddy'],
  project: ['nginx', 'caddy'],
  'config-dir': ['nginx', 'caddy'],
  image: ['managed'],
  email: ['managed'],
} as const;

/** `proxy`, with what the kind of proxy does not need left empty. */
export function proxyOf(merged: MergedConfig, report: Report): ProxySettings {
  const { proxy } = merged;
  checkKeys(proxy, report);
  return {
    kind: proxy.kind,
    service: proxy.service ?? null,
    project: proxy.project ?? null,
    configDir: proxy['config-dir'] ?? '',
    sharedBlock: proxy['shared-block'],
    caddyfile: proxy.caddyfile,
    managed: {
      image: proxy.image ?? defaultProxyImage,
      tls: proxy.tls,
      email: proxy.email ?? null,
    },
    confirmUrl: confirmUrlOf(merged, report),
  };
}

function checkKeys(proxy: MergedConfig['proxy'], report: Report): void {
  const { kind, service, project, 'config-dir': configDir } = proxy;
  for (const [key, kinds] of Object.entries(own)) {
    if (proxy[key as keyof typeof own] === undefined) continue;
    if ((kinds as readonly Kind[]).includes(kind)) continue;
    const says = `means nothing to the proxy ${kind}`;
    report(['proxy', key], says, `take it out, or set proxy.kind: ${kinds.join(' or ')}`);
  }
  if (kind === 'managed') return;
  if (configDir === undefined) {
    const fix = `name the folder on the host where ${kind} is to read which slot serves`;
    report(['proxy', 'config-dir'], 'is missing', fix);
  } else if (kind === 'nginx' && service === undefined && !configDir.startsWith('/')) {
    const fix = 'write a folder such as /etc/nginx/shiplock, or name the service of the proxy';
    report(['proxy', 'config-dir'], 'is relative, but the proxy runs on the host itself', fix);
  }
  if (project !== undefined && service === undefined) {
    report(['proxy', 'project'], 'says nothing without a service', 'name the service of the proxy');
  }
  if (project !== undefined && configDir?.startsWith('/') === false) {
    const fix = 'write its absolute path on the host';
    report(['proxy', 'config-dir'], 'is relative, but the proxy is of another project', fix);
  }
  if (kind === 'caddy' && service === undefined) {
    report(['proxy', 'service'], 'is missing', 'name the service of Caddy in the compose file');
  }
}

function confirmUrlOf(merged: MergedConfig, report: Report): string {
  const { proxy, verify } = merged;
  const chosen = proxy.confirm ?? verify[0]?.url ?? firstSite(merged);
  const path =
    proxy.confirm === undefined && verify.length > 0 ? ['verify', 0, 'url'] : ['proxy', 'confirm'];
  if (chosen === undefined) {
    const says = 'is missing, and there is no verify whose url could serve';
    report(['proxy', 'confirm'], says, 'add a URL of the app, e.g. https://app.example.com/');
  } else if (!URL.canParse(chosen)) {
    // What is no URL in verify is reported there.
    if (proxy.confirm !== undefined)
      report(path, `${JSON.stringify(chosen)} is no URL`, 'correct it');
  } else if (proxy.kind === 'managed') {
    checkServed(merged, new URL(chosen), path, report);
  }
  return chosen ?? '';
}

/** Where the managed proxy answers for the app, when nobody says. */
function firstSite({ proxy, release }: MergedConfig): string | undefined {
  if (proxy.kind !== 'managed') return undefined;
  const routes = Object.values(release).flatMap((service) => service?.route ?? []);
  const [route] = routes;
  if (route === undefined) return undefined;
  const [host = null] = [route.host ?? []].flat();
  return siteUrl(host, proxy.tls);
}

const schemeFor = ({ tls }: MergedConfig['proxy']): string => (tls === 'off' ? 'http:' : 'https:');

function checkServed(
  { proxy, release }: MergedConfig,
  url: URL,
  path: readonly PropertyKey[],
  report: Report,
): void {
  const routes = Object.values(release).flatMap((service) => service?.route ?? []);
  // A route that is missing is reported itself.
  if (routes.length === 0) return;
  const hosts = routes.flatMap(({ host }) => host ?? []);
  const anyHost = routes.some(({ host }) => host === undefined);
  const named = hosts.includes(url.hostname);
  const scheme = named ? schemeFor(proxy) : 'http:';
  if (!named && !anyHost) {
    report(path, `${url.hostname} is the host of no route`, `use one of ${hosts.join(', ')}`);
  } else if (url.protocol !== scheme) {
    const fix = `write ${scheme}//, or change proxy.tls`;
    report(path, `the managed proxy serves ${url.hostname} over ${scheme.slice(0, -1)}`, fix);
  }
}

/** The routes of each service, one entry a host. */
export function sitesOf(
  { proxy, release }: MergedConfig,
  report: Report,
): Readonly<Record<string, readonly Site[]>> {
  const managed = proxy.kind === 'managed';
  const sites: Record<string, readonly Site[]> = {};
  for (const [name, service] of Object.entries(release)) {
    const { port, route } = service ?? {};
    if (route !== undefined && !managed) {
      const fix = `take it out, and route in your own ${proxy.kind}`;
      report(['release', name, 'route'], 'is for the managed proxy', fix);
    } else if (route !== undefined && port === undefined) {
      report(
        ['release', name, 'port'],
        'is missing, but there is a route',
        'name the container port',
      );
    } else if (route === undefined && port !== undefined && managed) {
      const fix = 'add one, e.g. route: { host: app.example.com }, or name your own proxy in proxy';
      report(
        ['release', name, 'route'],
        'is missing: the managed proxy would send it nothing',
        fix,
      );
    } else if (route !== undefined) {
      const { host, path, strip } = route;
      const hosts = host === undefined ? [null] : [host].flat();
      sites[name] = hosts.map((one) => ({ host: one, path, strip }));
    }
  }
  const all = Object.entries(sites).flatMap(([service, list]) =>
    list.map((site) => ({ ...site, service })),
  );
  for (const { service, says } of sameSites(all)) {
    report(['release', service, 'route'], says, 'give one of them another path');
  }
  return sites;
}

/** Which requests go to a service: a host name (null = any), a path prefix, and whether the prefix is taken off. */
export interface Site {
  readonly host: string | null;
  readonly path: string;
  readonly strip: boolean;
}

/** A site of a release that lives, or is to live, in a slot. */
export interface SlotSite extends Site {
  readonly service: string;
  /** `host:port` */
  readonly address: string;
}

/** How a site's certificate comes about: from a public authority, from the proxy's own, or not at all (plain HTTP). */
export type Tls = 'public' | 'internal' | 'off';

/** Where visitors find the managed proxy's sites of a host. */
export function siteUrl(host: string | null, tls: Tls): string {
  if (host === null) return 'http://localhost/';
  return `${tls === 'off' ? 'http' : 'https'}://${host}/`;
}

/** The URL if one of the sites is found there, else that of the first one. */
export function urlAmong(sites: readonly Site[], url: string, tls: Tls): string {
  const { hostname } = new URL(url);
  const [first] = sites;
  const found = sites.some(({ host }) => host === null || host === hostname);
  return found || first === undefined ? url : siteUrl(first.host, tls);
}

/** What the managed proxy is to serve for one app and environment. */
export interface ManagedSites {
  readonly tls: Tls;
  /** Who a public authority writes to; null = nobody. */
  readonly email: string | null;
  /** What each slot serves; the same in both unless a release changes it. */
  readonly slots: Readonly<Record<'blue' | 'green', readonly SlotSite[]>>;
}

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

/** What the managed proxy is to serve for one app and environment. */
export interface ManagedSites {
  readonly tls: Tls;
  /** Who a public authority writes to; null = nobody. */
  readonly email: string | null;
  /** What each slot serves; the same in both unless a release changes it. */
  readonly slots: Readonly<Record<'blue' | 'green', readonly SlotSite[]>>;
}

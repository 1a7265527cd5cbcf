import type { Tls } from './site';

/** The proxy in front of the app, as the config names it. */
export interface ProxySettings {
  /** `managed` = the one that Shiplock starts and owns. */
  readonly kind: 'nginx' | 'caddy' | 'managed';
  /** Compose service of the proxy; null = it runs on the host itself, or is the managed one. */
  readonly service: string | null;
  /** Compose project of that service; null = that of the app's own stack. */
  readonly project: string | null;
  /** Folder on the host for the include and the markers; relative to `directory`, absolute where the proxy runs on the host; '' = the managed proxy's. */
  readonly configDir: string;
  /** Other apps are included in the same server block: names carry app and environment, and the resolver is the team's. */
  readonly sharedBlock: boolean;
  /** Path of the team's Caddyfile in its container. */
  readonly caddyfile: string;
  /** What the managed proxy is started from, and how its sites get certificates. */
  readonly managed: ManagedSettings;
  /** URL whose scheme, port, Host and TLS name reach the server block that serves the app. */
  readonly confirmUrl: string;
}

export interface ManagedSettings {
  readonly image: string;
  readonly tls: Tls;
  readonly email: string | null;
}

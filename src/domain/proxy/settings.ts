/** The proxy in front of the app, as the config names it. */
export interface ProxySettings {
  readonly kind: 'nginx';
  /** Compose service of the proxy; null = it runs on the host itself. */
  readonly service: string | null;
  /** Folder on the host for the include and the markers; relative to `directory`, absolute where the proxy runs on the host. */
  readonly configDir: string;
  /** Other apps are included in the same server block: names carry app and environment, and the resolver is the team's. */
  readonly sharedBlock: boolean;
  /** URL whose scheme, port, Host and TLS name reach the server block that serves the app. */
  readonly confirmUrl: string;
}

/** The proxy that Shiplock starts and owns: one a host, for all apps and environments there. */
export const managedProxy = {
  container: 'shiplock-proxy',
  /** Label with the folder of its configuration on the host. */
  label: 'shiplock.proxy',
  /**
   * Slots join this network when they are made; it has no way out, so a service that had none gets none. The proxy is never connected
   * to another network while it serves.
   */
  inside: 'shiplock-proxy',
  /** Its own way out, and the network of its published ports. */
  outside: 'shiplock-proxy-out',
  /** Certificates live longer than the container. */
  volume: 'shiplock-proxy-data',
  /** Its configuration folder as the container sees it. */
  dir: '/etc/caddy',
  caddyfile: '/etc/caddy/Caddyfile',
  ports: [80, 443],
} as const;

/** Publicly listed as caddy:2.10.2-alpine; docs/architecture.md tells how the digest was found. */
export const defaultProxyImage =
  'caddy:2.10.2-alpine@sha256:4c6e91c6ed0e2fa03efd5b44747b625fec79bc9cd06ac5235a779726618e530d';

/** What the engine is asked to create. */
export interface ProxySpec {
  readonly Image: string;
  readonly [key: string]: unknown;
}

const { caddyfile } = managedProxy;

/** The body of the engine's call that creates it. @param folder its configuration on the host */
export function proxyContainer(image: string, folder: string): ProxySpec {
  const { label, outside, volume, dir, ports } = managedProxy;
  const published = ports.map((port) => [`${port}/tcp`, [{ HostPort: String(port) }]] as const);
  return {
    Image: image,
    Entrypoint: ['caddy'],
    Cmd: ['run', '--config', caddyfile, '--adapter', 'caddyfile'],
    Env: ['XDG_DATA_HOME=/data', 'XDG_CONFIG_HOME=/data/config'],
    Labels: { [label]: folder },
    ExposedPorts: Object.fromEntries(published.map(([port]) => [port, {}])),
    HostConfig: {
      Binds: [`${folder}:${dir}:ro`, `${volume}:/data`],
      NetworkMode: outside,
      PortBindings: Object.fromEntries(published),
      // Comes back after a daemon that was killed, too, which "unless-stopped" does not.
      RestartPolicy: { Name: 'always' },
      LogConfig: { Type: 'json-file', Config: { 'max-size': '10m', 'max-file': '3' } },
    },
  };
}

/** Lets the running proxy read its folder again; the same configuration once more changes nothing in it. */
export const proxyReload = ['caddy', 'reload', '--config', caddyfile, '--adapter', 'caddyfile'];

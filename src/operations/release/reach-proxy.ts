import { onHostAsRoot, wasNotAllowed } from '../../commands/proxy-on-host';
import { describeHome, type ProxyHome } from '../../domain/proxy/home';
import { composeLabel } from '../../domain/release/labels';
import type { Engine } from '../../platform/docker-api/docker-api';
import type { ContainerDetails } from '../../platform/docker-api/types';
import type { ExecResult, Host } from '../../platform/host';
import { addressOf } from './ask-replica';
import type { World } from './world';

/** Where the host's own proxy takes connections for a URL. */
export interface ProxyEndpoint {
  readonly host: string;
  readonly port: number;
}

/** Where the proxy takes connections for a URL; throws when it does not run. */
export async function proxyEndpoint(
  { engine, plan }: Pick<World, 'engine' | 'plan'>,
  url: string,
): Promise<ProxyEndpoint> {
  const { home } = plan.proxy;
  if (home.at === 'host') return { host: '127.0.0.1', port: portOf(url) };
  const details = await findProxy(engine, home);
  if (details === null) throw new Error(`${describeHome(home)} does not run`);
  return endpointOf(details, url);
}

/** The running container of a proxy; null where none runs, and on the host. */
export async function findProxy(engine: Engine, home: ProxyHome): Promise<ContainerDetails | null> {
  if (home.at === 'host') return null;
  const [summary] = await engine.listContainers({ labels: labelsOf(home) });
  return summary === undefined ? null : engine.inspectContainer(summary.id);
}

function labelsOf(home: Exclude<ProxyHome, { at: 'host' }>): string[] {
  if (home.at === 'container') return [home.label];
  return [
    `${composeLabel.project}=${home.project}`,
    `${composeLabel.service}=${home.service}`,
    `${composeLabel.oneoff}=False`,
  ];
}

function portOf(url: string): number {
  const { port, protocol } = new URL(url);
  return port === '' ? (protocol === 'https:' ? 443 : 80) : Number(port);
}

/** The container's own address for a URL's port: the port published as that port, else the only published one. */
export function endpointOf(details: ContainerDetails, url: string): ProxyEndpoint {
  const wanted = portOf(url);
  const published = Object.entries(details.ports).filter(
    ([name, bindings]) => name.endsWith('/tcp') && bindings.length > 0,
  );
  const match =
    published.find(([, bindings]) => bindings.some(({ hostPort }) => hostPort === wanted)) ??
    (published.length === 1 ? published[0] : undefined);
  const port = match === undefined ? wanted : Number.parseInt(match[0], 10);
  return { host: addressOf(details), port };
}

/** What the proxy's own program said; `allowed` is false when it was not even started, for want of rights. */
export interface ProxyAnswer extends ExecResult {
  readonly allowed: boolean;
}

/** Runs the proxy's own program where the proxy runs, with the rights that it takes. @returns null when it does not run */
export async function runAtProxy(
  { host, engine }: { readonly host: Host; readonly engine: Engine },
  home: ProxyHome,
  argv: readonly string[],
): Promise<ProxyAnswer | null> {
  if (home.at === 'host') {
    const answer = await host.exec(onHostAsRoot(argv));
    return { ...answer, allowed: !wasNotAllowed(answer, argv[0] ?? '') };
  }
  const [summary] = await engine.listContainers({ labels: labelsOf(home) });
  if (summary === undefined) return null;
  return { ...(await engine.exec(summary.id, argv)), allowed: true };
}

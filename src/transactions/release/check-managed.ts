import type { Config } from '../../config/config';
import type { Problem } from '../../domain/problem';
import { hostsIn } from '../../domain/proxy/managed-caddy';
import { managedProxy } from '../../domain/proxy/managed-container';
import type { ManagedProxyState } from '../../operations/release/ask-managed-proxy';
import type { Findings } from './findings';
import type { Stack } from './read-stack';
import type { Survey } from './survey';

/** Whether the managed proxy can serve this app: its ports, its folder, the hosts, and nothing that it could not reach. */
export function checkManaged(config: Config, seen: Survey, stack: Stack, findings: Findings): void {
  const { managedProxy: state } = seen;
  if (state === null) return;
  findings.add(
    ...takenPorts(state, seen),
    ...otherFolder(state, stack),
    ...takenHosts(config, seen),
    ...unreachable(stack),
  );
}

/** A proxy that runs is left as it is, also when another image is asked for. */
export function managedWarning({ proxy }: Config, { managedProxy: state }: Survey): string | null {
  const running = state?.proxy?.image;
  const { image } = proxy.managed;
  if (proxy.kind !== 'managed' || running === undefined || running === image) return null;
  return `the managed proxy runs ${running}, not ${image}: to change that, run docker rm -f ${managedProxy.container} in a quiet moment and deploy`;
}

function takenPorts({ proxy, holders }: ManagedProxyState, { look }: Survey): readonly Problem[] {
  if (proxy?.running === true) return [];
  return managedProxy.ports.flatMap((port) => {
    const holder = holders.get(port);
    if (holder === undefined && !look.listening.includes(port)) return [];
    const whose = holder === undefined ? 'a program of the server' : `the container ${holder}`;
    return [
      {
        path: `port ${port}`,
        says: `is taken by ${whose}, and the managed proxy needs it`,
        fix: 'name the proxy that listens there under proxy in shiplock.yml, or stop it, take its ports out of the compose file, and deploy again',
      },
    ];
  });
}

function otherFolder({ proxy }: ManagedProxyState, { configDir }: Stack): readonly Problem[] {
  if (proxy === null || proxy.folder === configDir) return [];
  return [
    {
      path: managedProxy.container,
      says: `is the managed proxy of ${proxy.folder}, but this release would write to ${configDir}`,
      fix: 'deploy as the same user as the other apps of this server, with the same base folder',
    },
  ];
}

function takenHosts(config: Config, { evaluation }: Survey): readonly Problem[] {
  const taken = new Set((evaluation?.others ?? []).flatMap(hostsIn));
  return Object.entries(config.sites).flatMap(([service, sites]) =>
    sites
      .filter(({ host }) => taken.has(host))
      .map(({ host }) => ({
        path: `release.${service}.route.host`,
        says: `${host ?? 'any host'} is served for another app or environment on this server`,
        fix: 'give one of them another host',
      })),
  );
}

/** What ran before the first release is in none of the proxy's networks, and a running container is not connected to one. */
function unreachable({ live, compose }: Stack): readonly Problem[] {
  if (live?.slot !== 'adopted') return [];
  const names = live.release.services.map(({ name }) => name).join(' ');
  return [
    {
      path: 'release',
      says: `${names} run under plain docker compose, where the managed proxy cannot reach them`,
      fix: `name the proxy that leads to them under proxy, or stop them (the app is down until the release serves): docker compose -p ${compose.name} rm --stop ${names}`,
    },
  ];
}

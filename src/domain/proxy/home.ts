import { z } from 'zod';
import { managedProxy } from './managed-container';
import type { ProxySettings } from './settings';

/** Where the proxy runs: a service of the team's stack, a container of ours that has a label, or the host itself. */
export const proxyHome = z.discriminatedUnion('at', [
  z.object({ at: z.literal('service'), project: z.string(), service: z.string() }),
  z.object({ at: z.literal('container'), label: z.string() }),
  z.object({ at: z.literal('host') }),
]);
export type ProxyHome = z.infer<typeof proxyHome>;

/** @param own Compose project of the team's stack */
export function homeOf({ kind, service, project }: ProxySettings, own: string): ProxyHome {
  if (kind === 'managed') return { at: 'container', label: managedProxy.label };
  return service === null ? { at: 'host' } : { at: 'service', project: project ?? own, service };
}

/** The home in words, for messages. */
export function describeHome(home: ProxyHome): string {
  switch (home.at) {
    case 'service':
      return `the proxy service ${home.service}`;
    case 'container':
      return `the proxy (container with the label ${home.label})`;
    case 'host':
      return 'the proxy of the host';
  }
}

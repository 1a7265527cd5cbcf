import type { Config } from '../../config/config';
import { managedProxy } from '../../domain/proxy/managed-container';
import type { Survey } from './survey';

/** What a run starts as the managed proxy: a container that is made anew, one that is there and stopped, or none. */
export type ManagedStart = 'made' | 'started' | null;

/** Whether a run has to bring up the managed proxy of the host before it can release. */
export function managedStart({ proxy }: Config, { managedProxy: state }: Survey): ManagedStart {
  if (proxy.kind !== 'managed' || state?.proxy?.running === true) return null;
  return state?.proxy == null ? 'made' : 'started';
}

/** What it is made of besides its image. */
export const managedParts = {
  networks: [managedProxy.inside, managedProxy.outside],
  volumes: [managedProxy.volume],
};

/** The start of the managed proxy in words, for a plan. */
export function describeManaged(config: Config, seen: Survey): string | null {
  const { container, ports } = managedProxy;
  const { image } = config.proxy.managed;
  switch (managedStart(config, seen)) {
    case 'made':
      return `the managed proxy: \`${container}\` from \`${image}\`, on the ports ${ports.join(' and ')} of the server`;
    case 'started':
      return `the managed proxy: \`${container}\`, which is stopped`;
    case null:
      return null;
  }
}

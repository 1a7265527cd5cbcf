import { parseJson } from '../../domain/json';
import { composeConfig } from '../../domain/compose/compose-config';
import type { Config } from '../../config/config';
import { urlAmong } from '../../domain/proxy/site';
import type { Release } from '../../domain/records/release';
import type { HostRun } from './deploy-tools';
import type { ReleaseSource } from './release-source';
import type { Survey } from './survey';

/**
 * Lets a host be judged as it was for a recorded release: by its services, routes, checks and compose file instead of those
 * of today's checkout, which may be of any version. Waits and what is kept stay today's, and the proxy is the one that runs.
 */
export function asReleased(
  run: HostRun,
  seen: Survey,
  { services: released }: Release,
  { compose, settings, verify }: ReleaseSource,
): { readonly run: HostRun; readonly seen: Survey } {
  const { services, migrate } = settings;
  const routed = routedAs(run.config, released);
  const config = {
    ...run.config,
    services,
    migrate,
    verify: verify ?? run.config.verify,
    ...routed,
  };
  return { run: { ...run, config }, seen: withCompose(seen, config, compose) };
}

/** Through the managed proxy a release is reached at its own sites, and proven there. */
function routedAs(
  { proxy, sites }: Config,
  released: Release['services'],
): Pick<Config, 'proxy' | 'sites'> {
  if (proxy.kind !== 'managed') return { proxy, sites };
  const own = Object.fromEntries(released.map(({ name, sites: some = [] }) => [name, some]));
  const confirmUrl = urlAmong(Object.values(own).flat(), proxy.confirmUrl, proxy.managed.tls);
  return { sites: own, proxy: { ...proxy, confirmUrl } };
}

function withCompose(
  seen: Survey,
  { proxy: { service } }: Config,
  compose: ReleaseSource['compose'],
): Survey {
  const { evaluation } = seen;
  if (evaluation === null) return seen;
  const today = composeConfig.safeParse(parseJson(evaluation.document ?? '')).data;
  const proxy = service === null ? undefined : today?.services[service];
  const services = { ...compose.services };
  if (service !== null && proxy !== undefined) services[service] = proxy;
  return {
    ...seen,
    evaluation: { ...evaluation, document: JSON.stringify({ ...compose, services }) },
  };
}

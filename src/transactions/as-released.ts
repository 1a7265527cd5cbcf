import { parseJson } from '../domain/json';
import { composeConfig } from '../domain/compose/compose-config';
import type { Config } from '../config/config';
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
  { compose, settings, verify }: ReleaseSource,
): { readonly run: HostRun; readonly seen: Survey } {
  const { services, migrate } = settings;
  const config = { ...run.config, services, migrate, verify: verify ?? run.config.verify };
  return { run: { ...run, config }, seen: withCompose(seen, config, compose) };
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

import { isActive, type ComposeConfig, type ComposeService } from './compose-config';
import { waitsFor } from './one-shots';
import { imageServices } from './service-images';
import type { SlotSettings } from './settings';

/** The services that a release leaves alone, each after what it depends on; one that migrates or runs once per release is none. */
export function sharedServices(compose: ComposeConfig, settings: SlotSettings): readonly string[] {
  const taken = new Set(imageServices(compose, settings));
  const ordered = new Set<string>();
  const path = new Set<string>();
  const visit = (name: string): void => {
    const service = compose.services[name];
    if (service === undefined || ordered.has(name) || path.has(name)) return;
    path.add(name);
    for (const need of needsOf(service)) visit(need);
    ordered.add(name);
  };
  for (const name of Object.keys(compose.services).sort()) visit(name);
  return [...ordered].filter((name) => !taken.has(name));
}

/**
 * Those of the shared services that are to be started: what does not run, in the same order. One that ends by itself runs again
 * only when a service that waits for its end is started; one whose profile is not active on the host only when another needs it.
 */
export function sharedToStart(
  compose: ComposeConfig,
  shared: readonly string[],
  runs: (service: string) => boolean,
): readonly string[] {
  const ends = (name: string): boolean =>
    shared.some((other) => waitsFor(compose, other).includes(name));
  const chosen = new Set<string>();
  const choose = (name: string): void => {
    if (chosen.has(name) || runs(name) || !shared.includes(name)) return;
    chosen.add(name);
    const service = compose.services[name];
    for (const need of service === undefined ? [] : needsOf(service)) choose(need);
  };
  for (const name of shared) if (isActive(compose, name) && !ends(name)) choose(name);
  return shared.filter((name) => chosen.has(name));
}

/** Those of some services that another one waits for until they are healthy. */
export function awaitedHealthy(
  { services }: ComposeConfig,
  among: readonly string[],
): readonly string[] {
  const awaited = Object.values(services).flatMap(({ depends_on: needs }) =>
    Object.entries(needs ?? {}).flatMap(([name, { condition }]) =>
      condition === 'service_healthy' ? [name] : [],
    ),
  );
  return among.filter((name) => awaited.includes(name));
}

function needsOf(service: ComposeService): readonly string[] {
  const mode = /^service:(.+)$/.exec(service.network_mode ?? '')?.[1];
  const needs = Object.keys(service.depends_on ?? {});
  return [...needs, ...(mode === undefined ? [] : [mode])].sort();
}

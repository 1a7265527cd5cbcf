import type { ComposeConfig, ComposeService } from './compose-config';
import type { SlotSettings } from './settings';

/** The services that a release leaves alone, each after what it depends on; a service that only migrates is none. */
export function sharedServices(compose: ComposeConfig, settings: SlotSettings): readonly string[] {
  const taken = new Set([
    ...settings.services.map(({ name }) => name),
    ...(settings.migrate === null ? [] : [settings.migrate.service]),
  ]);
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

function needsOf(service: ComposeService): readonly string[] {
  const mode = /^service:(.+)$/.exec(service.network_mode ?? '')?.[1];
  const needs = Object.keys(service.depends_on ?? {});
  return [...needs, ...(mode === undefined ? [] : [mode])].sort();
}

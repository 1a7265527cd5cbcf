import type { ComposeConfig } from './compose-config';
import type { SlotSettings } from './settings';

const completed = 'service_completed_successfully';

/** The services that this one waits for until they have completed. */
export function waitsFor(compose: ComposeConfig, name: string): readonly string[] {
  const needs = Object.hasOwn(compose.services, name) ? compose.services[name]?.depends_on : {};
  return Object.entries(needs ?? {})
    .filter(([, { condition }]) => condition === completed)
    .map(([need]) => need)
    .sort();
}

/**
 * The services that run once per release, before the slot: those that a released service, or the one that migrates, waits for
 * until they have completed, each after what it waits for itself. What is released or migrates is none.
 */
export function oneShots(compose: ComposeConfig, settings: SlotSettings): readonly string[] {
  const released = settings.services.map(({ name }) => name);
  const migrates = settings.migrate?.service;
  const found = new Set<string>();
  const path = new Set<string>();
  const visit = (name: string): void => {
    if (path.has(name) || found.has(name)) return;
    path.add(name);
    for (const need of waitsFor(compose, name)) visit(need);
    if (!released.includes(name) && name !== migrates && Object.hasOwn(compose.services, name))
      found.add(name);
  };
  for (const name of [...released, ...(migrates === undefined ? [] : [migrates])]) visit(name);
  return [...found];
}

/** Whether a service waits, itself or by another one-shot, for a service to complete. */
export function waitsAtAll(compose: ComposeConfig, name: string, target: string): boolean {
  const seen = new Set<string>();
  const visit = (one: string): boolean =>
    !seen.has(one) &&
    (seen.add(one), waitsFor(compose, one).some((need) => need === target || visit(need)));
  return visit(name);
}

import type { ComposeConfig } from './compose-config';
import { oneShots } from './one-shots';
import type { SlotSettings } from './settings';

/** The services that need an image of this release: the released ones, the one that migrates, and those that run once. */
export function imageServices(compose: ComposeConfig, settings: SlotSettings): readonly string[] {
  const names = settings.services.map(({ name }) => name);
  const migrates = settings.migrate === null ? [] : [settings.migrate.service];
  return [...new Set([...names, ...migrates, ...oneShots(compose, settings)])];
}

/** What the compose file says about the image of each service that needs one; null where it says nothing. */
export function composeImages(
  compose: ComposeConfig,
  settings: SlotSettings,
): Readonly<Record<string, string | null>> {
  return Object.fromEntries(
    imageServices(compose, settings)
      .filter((name) => Object.hasOwn(compose.services, name))
      .map((name) => [name, compose.services[name]?.image ?? null]),
  );
}

import type { ComposeConfig } from './compose-config';
import { imageServices, type SlotSettings } from './settings';

/** What the compose file says about the image of each service that needs one; null where it says nothing. */
export function composeImages(
  compose: ComposeConfig,
  settings: SlotSettings,
): Readonly<Record<string, string | null>> {
  return Object.fromEntries(
    imageServices(settings)
      .filter((name) => Object.hasOwn(compose.services, name))
      .map((name) => [name, compose.services[name]?.image ?? null]),
  );
}

import { unescapeDollar, type ComposeConfig, type ComposeService } from './compose-config';

/** A volume that a slot uses by its real name; the runner creates it when it is absent and not the team's to create. */
export interface SlotVolume {
  readonly name: string;
  readonly driver: string;
  readonly options: Readonly<Record<string, string>>;
  /** The labels Compose would have given it, so that a later `docker compose up` knows it as its own. */
  readonly labels: Readonly<Record<string, string>>;
  /** The team declared it as external: it must exist. */
  readonly external: boolean;
}

const unescaped = (
  map: Readonly<Record<string, string>> | null | undefined,
): Record<string, string> =>
  Object.fromEntries(Object.entries(map ?? {}).map(([key, value]) => [key, unescapeDollar(value)]));

/** The named volumes of these services, by key: never copies of the slot's own, so data has one place. */
export function slotVolumes(
  compose: ComposeConfig,
  services: readonly ComposeService[],
): ReadonlyMap<string, SlotVolume> {
  const used = services.flatMap(({ volumes }) =>
    (volumes ?? []).flatMap(({ type, source }) => (type === 'volume' && source ? [source] : [])),
  );
  return new Map([...new Set(used)].map((key) => [key, volumeOf(compose, key)]));
}

function volumeOf(compose: ComposeConfig, key: string): SlotVolume {
  const volume = compose.volumes[key];
  return {
    name: volume?.name ?? `${compose.name}_${key}`,
    driver: volume?.driver ?? 'local',
    options: unescaped(volume?.driver_opts),
    labels: {
      ...unescaped(volume?.labels),
      'com.docker.compose.project': compose.name,
      'com.docker.compose.volume': key,
    },
    external: volume?.external !== undefined && volume.external !== false,
  };
}

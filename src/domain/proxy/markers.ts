import type { SlotName } from '../records/release';

/** The marker files that decide, at each request, which slot the proxy picks. */
export interface Markers {
  /** Shiplock has released here; without it the containers from before the first release serve. */
  readonly managed: boolean;
  readonly green: boolean;
}

/** Paths in the proxy's configuration folder (on the host, or as the proxy's container sees it). */
export function markerPaths(
  configDir: string,
  app: string,
  environment: string,
): { include: string; markers: string } {
  const name = `${app}-${environment}`;
  return { include: `${configDir}/${name}.conf`, markers: `${configDir}/${name}` };
}

/** The slot that the markers point to. */
export function slotOf({ managed, green }: Markers): SlotName {
  if (!managed) return 'adopted';
  return green ? 'green' : 'blue';
}

/**
 * The marker to create or remove so that `slot` serves. Only ever one of them: two looks within one request must not
 * disagree. From `adopted` the way is `managed` alone, so the first release lives in blue (or in green when that marker
 * was left behind).
 * @throws RangeError for a change that would take two markers
 */
export function markerChange(
  from: Markers,
  slot: SlotName,
): { readonly file: 'managed' | 'green'; readonly present: boolean } | null {
  if (slotOf(from) === slot) return null;
  if (slot === 'adopted') return { file: 'managed', present: false };
  if (from.managed) return { file: 'green', present: slot === 'green' };
  if (from.green === (slot === 'green')) return { file: 'managed', present: true };
  throw new RangeError(`from ${slotOf(from)} to ${slot} takes two markers`);
}

/** The slot in which the next release starts: the one that does not serve. */
export function idleSlot(live: SlotName | null, markers: Markers): SlotName {
  if (live === 'blue') return 'green';
  if (live === 'green') return 'blue';
  return markers.green ? 'green' : 'blue';
}

import { slotOf, type Markers } from '../proxy/markers';
import type { Release } from '../records/release';
import type { HostState } from '../records/state';
import type { HostFacts } from './host-facts';

/**
 * What `state.json` would say if the proxy is right: the newest good release of the slot that it sends requests to, and
 * the one before it. null = no such release is on record. A person decides whether it is true.
 */
export function repairState(
  { ledger, previousState }: HostFacts,
  markers: Markers,
  names: { readonly app: string; readonly environment: string },
  now: string,
): HostState | null {
  const slot = slotOf(markers);
  const good = ledger.filter(({ standing }) => standing === 'good');
  const live = good.findLast((release) => release.slot === slot);
  if (live === undefined) return null;
  const others = good.filter((release) => release.slot !== slot);
  const recorded = previousState?.live.release;
  const before = others.find(({ id }) => id === recorded) ?? others.at(-1);
  return {
    schema: 1,
    app: names.app,
    environment: names.environment,
    live: placed(live),
    previous: before === undefined ? null : placed(before),
    deploy: live.deploy,
    updatedAt: now,
  };
}

const placed = ({ id, slot }: Release): HostState['live'] => ({ release: id, slot });

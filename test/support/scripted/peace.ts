import { hostState, lease } from '../../../src/domain/records/state';
import { base } from './host';
import { isRouted, servingSlot } from './state';
import type { ScriptedServer } from './server';

/** The version that visitors get: of the release that serves, is recorded as live, and runs whole; else what does not fit. */
export function served({ world }: ScriptedServer): string {
  const { state } = world;
  const slot = servingSlot(state);
  const text = state.files[`${base}/state.json`];
  if (text === undefined)
    return slot === 'adopted' ? 'nothing' : `${slot}, but nothing is recorded`;
  const { live } = hostState.parse(JSON.parse(text));
  if (live.slot !== slot) return `${slot}, but ${live.slot} is recorded`;
  const routed = state.containers.filter((one) => isRouted(one, slot));
  const right = routed.filter(
    (one) => one.state === 'running' && one.labels['shiplock.release'] === live.release,
  );
  return right.length === 2 && routed.length === 2
    ? live.release.replace(/^\d+-/, '')
    : `${right.length} containers of ${live.release}`;
}

/** What is left of deploys that are over: containers that run beside the live ones, running keepers, a lease that is held. */
export function leftovers({ world }: ScriptedServer): string[] {
  const { state } = world;
  const slot = servingSlot(state);
  const running = state.containers.filter(
    ({ labels, state: is }) =>
      is === 'running' && labels['shiplock.app'] === 'shop' && labels['shiplock.slot'] !== slot,
  );
  const text = state.files[`${base}/lease`];
  const held = text !== undefined && lease.parse(JSON.parse(text)).holder !== null;
  return [
    ...state.wrongs,
    ...running.map(({ name }) => `${name} runs`),
    ...(held ? ['the lease is held'] : []),
  ];
}

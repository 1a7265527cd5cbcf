import type { Probe, ProbeResult } from '../../../src/platform/http-probe';
import { isRouted, servingSlot, type Enter, type Scene, type ScriptedContainer } from './state';

/** A stand-in for HTTP: replicas answer at their address, the proxy by its marker files. */
export function scriptedProbe(world: Scene, enter: Enter): Probe {
  return async ({ url, connectTo }) => {
    await enter(`probe ${url}`);
    const { hostname, pathname } = new URL(url);
    const address = connectTo?.host ?? hostname;
    const container = world.state.containers.find(
      (one) => one.state === 'running' && one.address === address,
    );
    if (container === undefined) return failure(`connect ECONNREFUSED ${address}`);
    if (container.labels['com.docker.compose.service'] === 'nginx') return proxied(world, pathname);
    return isReady(world, container) ? healthy : failure(`connect ECONNREFUSED ${address}`);
  };
}

/** What a visitor gets through the proxy. */
export function proxied({ state, clock }: Scene, path: string): ProbeResult {
  const slot = servingSlot(state);
  if (path.startsWith('/.well-known/shiplock-')) {
    const text = state.files[`${state.markers}/${slot}.json`];
    return text === undefined ? answer(404, 'not found') : answer(200, text);
  }
  const replica = state.containers.find((one) => isRouted(one, slot) && one.state === 'running');
  if (replica === undefined) return answer(502, 'bad gateway');
  const { badAfterServingMs } = replica.nature;
  const bad = badAfterServingMs !== null && clock.now() - state.switchedAt >= badAfterServingMs;
  return bad ? answer(500, '{"status":"broken"}') : healthy;
}

/** Whether a container's app answers well when it is asked itself. */
export function isReady({ clock }: Scene, container: ScriptedContainer): boolean {
  const { readyAfterMs } = container.nature;
  return readyAfterMs !== null && clock.now() - container.startedAt >= readyAfterMs;
}

function answer(status: number, body: string): ProbeResult {
  return { kind: 'answer', status, body, headers: {}, durationMs: 1 };
}

const healthy = answer(200, '{"status":"healthy"}');

function failure(message: string): ProbeResult {
  return { kind: 'refused', message, durationMs: 1 };
}

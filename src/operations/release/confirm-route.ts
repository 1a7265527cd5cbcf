import { messageOf } from '../../errors';
import { tokenPath } from '../../domain/proxy/driver';
import type { PlacedRelease } from '../../domain/records/plan';
import type { SlotName } from '../../domain/records/release';
import { proxyEndpoint, type ProxyEndpoint } from './reach-proxy';
import type { World } from './world';

/** Who serves, by the proxy's own word. */
export interface RouteAnswer {
  readonly slot: SlotName;
  readonly release: string | null;
}

/** What the proxy is to say while a release serves; the containers from before the first one have no name of ours. */
export function answerOf(placed: PlacedRelease | null): RouteAnswer {
  if (placed === null || placed.slot === 'adopted') return { slot: 'adopted', release: null };
  return { slot: placed.slot, release: placed.release.id };
}

/** Asks the proxy on its token path which slot and release it sends requests to; throws when it does not say. */
export async function askRoute(world: World, endpoint: ProxyEndpoint): Promise<RouteAnswer> {
  const { proxy } = world.plan;
  const url = new URL(tokenPath(proxy.token), proxy.confirmUrl).href;
  const answer = await world.probe({ url, connectTo: endpoint, timeoutMs: 2000, verifyTls: false });
  if (answer.kind !== 'answer') throw new Error(`the proxy did not answer: ${answer.message}`);
  if (answer.status !== 200)
    throw new Error(`the proxy answered HTTP ${answer.status} on the token path`);
  return JSON.parse(answer.body) as RouteAnswer;
}

/**
 * Proves through the host's own proxy that `slot` and `release` serve, K answers in a row.
 * @returns null when proven, else what the proxy said last
 */
export async function confirmRoute(
  world: World,
  expected: RouteAnswer,
  deadlineMs: number,
): Promise<string | null> {
  const start = world.clock.monotonic();
  let endpoint: ProxyEndpoint | null = null;
  let inARow = 0;
  let said = 'nothing';
  do {
    try {
      endpoint ??= await proxyEndpoint(world, world.plan.proxy.confirmUrl);
      const wrong = difference(await askRoute(world, endpoint), expected);
      inARow = wrong === null ? inARow + 1 : 0;
      if (inARow >= world.plan.proxy.confirmations) return null;
      if (wrong === null) continue;
      said = wrong;
    } catch (thrown) {
      // It may have come back under another address.
      endpoint = null;
      inARow = 0;
      said = messageOf(thrown);
    }
    await world.clock.sleep(50);
  } while (world.clock.monotonic() - start < deadlineMs);
  return said;
}

function difference(route: RouteAnswer, expected: RouteAnswer): string | null {
  if (route.slot === expected.slot && route.release === expected.release) return null;
  return `the proxy sends requests to ${route.slot} (${route.release ?? 'no release'})`;
}

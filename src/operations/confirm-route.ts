import { messageOf } from '../errors';
import type { PlacedRelease, ProxyPlan } from '../domain/records/plan';
import type { SlotName } from '../domain/records/release';
import { composeLabel } from '../domain/release/labels';
import type { Engine } from '../platform/docker-api';
import type { ContainerDetails } from '../platform/docker-api/types';
import { addressOf } from './ask-replica';
import type { World } from './world';

/** Where the host's own proxy takes connections for a URL. */
export interface ProxyEndpoint {
  readonly host: string;
  readonly port: number;
}

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

/** The running container of the proxy, or null. */
export async function findProxy(
  engine: Engine,
  proxy: ProxyPlan,
): Promise<ContainerDetails | null> {
  const [summary] = await engine.listContainers({
    labels: [
      `${composeLabel.project}=${proxy.project}`,
      `${composeLabel.service}=${proxy.service}`,
      `${composeLabel.oneoff}=False`,
    ],
  });
  return summary === undefined ? null : engine.inspectContainer(summary.id);
}

/** The proxy's own address for a URL's port: the container port published as that port, else the only published one. */
export function proxyEndpoint(details: ContainerDetails, url: string): ProxyEndpoint {
  const { port, protocol } = new URL(url);
  const wanted = port === '' ? (protocol === 'https:' ? 443 : 80) : Number(port);
  const address = addressOf(details);
  const published = Object.entries(details.ports).filter(
    ([name, bindings]) => name.endsWith('/tcp') && bindings.length > 0,
  );
  const match =
    published.find(([, bindings]) => bindings.some(({ hostPort }) => hostPort === wanted)) ??
    (published.length === 1 ? published[0] : undefined);
  return { host: address, port: match === undefined ? wanted : Number.parseInt(match[0], 10) };
}

/** Asks the proxy on its token path which slot and release it sends requests to; throws when it does not say. */
export async function askRoute(world: World, endpoint: ProxyEndpoint): Promise<RouteAnswer> {
  const { proxy } = world.plan;
  const url = new URL(`/.well-known/shiplock-${proxy.token}`, proxy.confirmUrl).href;
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
      endpoint ??= await locateProxy(world);
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

async function locateProxy({ engine, plan }: World): Promise<ProxyEndpoint> {
  const details = await findProxy(engine, plan.proxy);
  if (details === null) throw new Error(`the proxy service ${plan.proxy.service} does not run`);
  return proxyEndpoint(details, plan.proxy.confirmUrl);
}

function difference(route: RouteAnswer, expected: RouteAnswer): string | null {
  if (route.slot === expected.slot && route.release === expected.release) return null;
  return `the proxy sends requests to ${route.slot} (${route.release ?? 'no release'})`;
}

import { script } from '../../commands/shell';
import type { SlotNetwork } from '../../domain/compose/slot-networks';
import { managedProxy, proxyContainer, proxyReload } from '../../domain/proxy/managed-container';
import { messageOf, ShiplockError } from '../../errors';
import type { Clock } from '../../platform/clock';
import type { Engine } from '../../platform/docker-api/docker-api';
import type { Host } from '../../platform/host';
import { haveNetwork } from './create-slot';
import { unlessStatus } from './unless-status';

/** What the managed proxy is started from when it does not run. */
export interface ProxyParts {
  readonly image: string;
  /** Pulls an image that is not there yet. */
  readonly pull: (image: string) => Promise<unknown>;
  /** Its configuration folder on the host. */
  readonly folder: string;
}

const readyWithinMs = 20_000;
const otherStartsWithinMs = 5000;

/** Starts the proxy where it does not run; another deploy may be doing the same at this moment. @returns whether it ran already */
export async function haveManagedProxy(
  engine: Engine,
  clock: Clock,
  parts: ProxyParts,
): Promise<boolean> {
  if ((await stateOf(engine)) === 'running') return true;
  await Promise.all([
    haveImage(parts.pull, parts.image),
    haveNetwork(engine, network(managedProxy.outside, false), {}),
    haveNetwork(engine, network(managedProxy.inside, true), {}),
  ]);
  const made = (await stateOf(engine)) === null && (await create(engine, parts));
  if (!made && (await startedByAnother(engine, clock))) return false;
  // One that stopped between creation and start has not joined yet, which is no harm before it runs.
  await unlessStatus(403, engine.connectNetwork(managedProxy.inside, managedProxy.container));
  await start(engine);
  return false;
}

const network = (name: string, internal: boolean): SlotNetwork => ({
  ...{ name, internal },
  driver: 'bridge',
  options: {},
});

async function stateOf(engine: Engine): Promise<string | null> {
  const found = await unlessStatus(404, engine.inspectContainer(managedProxy.container));
  return found?.state.status ?? null;
}

/** @returns false when another deploy was faster */
async function create(engine: Engine, { image, folder }: ProxyParts): Promise<boolean> {
  const spec = proxyContainer(image, folder);
  return (await unlessStatus(409, engine.createContainer(managedProxy.container, spec))) !== null;
}

/** Waits for whoever creates it, from its name on, which is taken first; what was stopped by a person is nobody's to wait for. */
async function startedByAnother(engine: Engine, clock: Clock): Promise<boolean> {
  const began = clock.monotonic();
  for (;;) {
    const state = await stateOf(engine);
    if (state !== null && state !== 'created') return state === 'running';
    if (clock.monotonic() - began > otherStartsWithinMs) return false;
    await clock.sleep(200);
  }
}

async function start(engine: Engine): Promise<void> {
  try {
    await engine.startContainer(managedProxy.container);
  } catch (cause) {
    // Made anew next time, when the ports are free.
    await engine.removeContainer(managedProxy.container, { force: true }).catch(() => undefined);
    throw new ShiplockError(`the managed proxy could not be started: ${messageOf(cause)}`, {
      hint: `It needs the ports ${managedProxy.ports.join(' and ')} of the server.`,
      cause,
      fault: 'remote',
    });
  }
}

async function haveImage(pull: ProxyParts['pull'], image: string): Promise<void> {
  try {
    await pull(image);
  } catch (cause) {
    throw new ShiplockError(
      `the image of the managed proxy could not be had: ${messageOf(cause)}`,
      {
        hint: 'Let the server reach the registry, or name a copy of the image in proxy.image.',
        cause,
        fault: 'remote',
      },
    );
  }
}

// Reading the folder and taking it over are two steps: who reads first must not take over last.
const reloadScript = `set -eu
lock=$1; shift
exec 9>>"$lock"
flock 9
exec "$@"
`;

/**
 * Lets the proxy serve what lies in its folder, as soon as it takes configuration at all; nothing happens when it serves that already.
 * @returns what it said when it does not accept the folder's content, null when it does
 */
export async function reloadManagedProxy(
  host: Host,
  clock: Clock,
  docker: readonly string[],
  folder: string,
): Promise<string | null> {
  const argv = [...docker, 'exec', managedProxy.container, ...proxyReload];
  const started = clock.monotonic();
  for (;;) {
    const { code, stderr } = await host.exec(script(reloadScript, [`${folder}/lock`, ...argv]), {
      timeoutMs: 60_000,
    });
    if (code === 0) return null;
    const starting = /connection refused|is not running|restarting/i.test(stderr);
    if (!starting || clock.monotonic() - started > readyWithinMs) return lastLine(stderr);
    await clock.sleep(200);
  }
}

const lastLine = (text: string): string => text.trim().split('\n').at(-1)?.slice(0, 800) ?? '';

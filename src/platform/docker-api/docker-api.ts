import { connect } from 'node:net';
import type { Duplex } from 'node:stream';
import { RemoteFailure, messageOf } from '../../errors';
import { EngineConnection } from './connection';
import { containerCalls } from './containers';
import type { ContainerCalls } from './containers';
import { containerStreamCalls } from './container-streams';
import type { ContainerStreamCalls } from './container-streams';
import { imageCalls } from './images';
import type { ImageCalls } from './images';
import { networkCalls } from './networks';
import type { NetworkCalls } from './networks';
import { systemCalls } from './system';
import type { SystemCalls } from './system';
import type { EngineVersion } from './types';

/**
 * One Docker Engine. Calls throw an EngineError with the engine's words and `status`, or a RemoteFailure with
 * `outcome: 'unknown'` when the connection died or the deadline passed before the answer.
 */
export interface Engine
  extends SystemCalls, ContainerCalls, ContainerStreamCalls, NetworkCalls, ImageCalls {
  /** Ends its connections; calls that still run fail. */
  close(): void;
}

/** A unix socket of this machine, or a stream to the engine of another, opened once a connection. */
export type EngineSource =
  { readonly socketPath: string } | { readonly open: () => Promise<Duplex> };

/** The newest API this client was written for; a newer engine still speaks it. */
const NEWEST_API = '1.44';

/** A client of the engine, once it has answered with its versions; throws a RemoteFailure `unreachable` when it does not. */
export async function connectEngine(source: EngineSource): Promise<Engine> {
  const engine = openEngine(source);
  await engine.version();
  return engine;
}

/** A client that nobody has waited for: the first call finds out whether there is an engine, and which versions it speaks. */
export function openEngine(source: EngineSource): Engine {
  const open =
    'open' in source ? source.open : () => Promise.resolve(connect({ path: source.socketPath }));
  const connection = new EngineConnection(open, async () => negotiate(await version()));
  const system = systemCalls(connection);
  let answer: Promise<EngineVersion> | undefined;
  const version = (): Promise<EngineVersion> => (answer ??= firstAnswer(connection, system));
  return {
    ...system,
    version,
    ...containerCalls(connection),
    ...containerStreamCalls(connection),
    ...networkCalls(connection),
    ...imageCalls(connection),
    close: () => {
      connection.close();
    },
  };
}

async function firstAnswer(
  connection: EngineConnection,
  system: SystemCalls,
): Promise<EngineVersion> {
  try {
    return await system.version();
  } catch (thrown) {
    connection.close();
    if (!(thrown instanceof RemoteFailure) || thrown.reason === 'unreachable') throw thrown;
    throw new RemoteFailure('unreachable', `Docker does not answer: ${messageOf(thrown)}`, {
      hint: thrown.hint ?? cureFor(thrown.message),
      cause: thrown,
    });
  }
}

// What the docker command of the server says in words when it cannot reach its engine, and what helps.
const cures: readonly (readonly [said: RegExp, cure: string])[] = [
  [/not found/i, 'Install Docker Engine 20.10 or newer, with Compose v2, on the server.'],
  [
    /permission denied/i,
    'Add this user to the group docker on the server: sudo usermod -aG docker USER',
  ],
  [
    /no such file|refused|cannot connect/i,
    'Start Docker on the server: sudo systemctl enable --now docker',
  ],
];

function cureFor(said: string): string {
  const known = cures.find(([pattern]) => pattern.test(said))?.[1];
  return known ?? 'Is Docker installed and running on this host, and may this user use it?';
}

/** The engine's version up to ours, but never below what it still speaks. */
function negotiate({ apiVersion, minApiVersion }: EngineVersion): string {
  const wanted = isNewer(apiVersion, NEWEST_API) ? NEWEST_API : apiVersion;
  return isNewer(minApiVersion, wanted) ? minApiVersion : wanted;
}

function isNewer(left: string, right: string): boolean {
  return left !== '' && left.localeCompare(right, 'en', { numeric: true }) > 0;
}

import { countConnections } from '../../commands/proc-net';
import type { PlacedRelease } from '../../domain/records/plan';
import { addressOf } from './ask-replica';
import { findReplicas } from './find-replicas';
import type { World } from './world';

/**
 * Waits until no visitor's connection to a slot's routed ports is open, or `deadlineMs` is over; with a proxy that keeps connections
 * open by itself all of that time is given.
 * @returns the connections that were still open at the end; throws when they could not be counted then
 */
export async function drainSlot(
  world: World,
  placed: PlacedRelease,
  deadlineMs: number,
  onNews: (text: string) => void,
): Promise<number> {
  if (world.plan.proxy.keepsConnections) {
    onNews('the proxy keeps connections of its own open, so drain is waited out');
    await world.clock.sleep(deadlineMs);
    return 0;
  }
  const start = world.clock.monotonic();
  let quiet = 0;
  let before = -1;
  for (;;) {
    const over = world.clock.monotonic() - start >= deadlineMs;
    try {
      const open = await openConnections(world, placed);
      quiet = open === 0 ? quiet + 1 : 0;
      // Two looks in a row: a request may sit between accept and the table.
      if (quiet >= 2) return 0;
      if (open !== before && open > 0)
        onNews(`${open} connection${open === 1 ? '' : 's'} still open`);
      before = open;
      if (over) return open;
    } catch (thrown) {
      // A look that failed says nothing; the visitors have until the end all the same.
      if (over) throw thrown;
      quiet = 0;
    }
    await world.clock.sleep(100);
  }
}

/** Counts the open connections to a slot's routed ports, the slot's own containers left out. */
async function openConnections(world: World, placed: PlacedRelease): Promise<number> {
  const replicas = await findReplicas(world.engine, world.plan, placed);
  const details = await Promise.all(replicas.map(({ id }) => world.engine.inspectContainer(id)));
  const own = new Set(
    details.flatMap(({ networks }) => Object.values(networks).map(({ ipAddress }) => ipAddress)),
  );
  // The keeper's own probes come from the bridge's gateway and are closed when they end.
  const counts = await Promise.all(
    replicas.map(async ({ service }, index) => {
      const container = details[index];
      if (service.port === undefined || container === undefined || !container.state.running)
        return 0;
      if (addressOf(container) === '') return 0;
      return connectionsOf(world, container.state.pid, service.port, own);
    }),
  );
  const waiting = await Promise.all(
    hostPorts(placed).map((port) => connectionsAtHost(world, port)),
  );
  // One request through a port of the host is seen at both its ends.
  return Math.max(sumOf(counts), sumOf(waiting));
}

const sumOf = (counts: readonly number[]): number => counts.reduce((sum, count) => sum + count, 0);

/** Ports of the host that lead to a slot; what Docker has accepted there may not have reached the container yet. */
function hostPorts({ slot, release }: PlacedRelease): readonly number[] {
  if (slot === 'adopted') return [];
  return release.services.flatMap(({ loopback }) =>
    loopback === undefined ? [] : [loopback[slot]],
  );
}

async function connectionsAtHost({ files }: World, port: number): Promise<number> {
  return countConnections((await files.read('/proc/net/tcp')) ?? '', port, new Set());
}

async function connectionsOf(
  world: World,
  pid: number,
  port: number,
  own: ReadonlySet<string>,
): Promise<number> {
  const tables = await Promise.all(
    ['tcp', 'tcp6'].map((table) => world.files.read(`/proc/${pid}/net/${table}`)),
  );
  return tables.reduce((sum, text) => sum + countConnections(text ?? '', port, own), 0);
}

import type { ReleasedService } from '../records/release';

/** The ports of one service on 127.0.0.1: one for each slot, the same over all releases as long as nothing takes them. */
export type LoopbackPorts = NonNullable<ReleasedService['loopback']>;

/** Below the range that kernels hand out to outgoing connections (32768 and up), above what is usually installed. */
const firstPort = 21_000;

const slots = ['blue', 'green'] as const;

/**
 * Gives each service the ports that it has on record, newest first, and free ones where it has none or another program took
 * them.
 * @param recorded what releases have, newest first
 * @param taken ports that somebody else has or has reserved
 */
export function choosePorts(
  services: readonly string[],
  recorded: readonly (readonly Pick<ReleasedService, 'name' | 'loopback'>[])[],
  taken: ReadonlySet<number>,
): Readonly<Record<string, LoopbackPorts>> {
  const known = recorded.flat();
  const used = new Set([
    ...taken,
    ...known.flatMap(({ loopback }) => Object.values(loopback ?? {})),
  ]);
  const chosen = services.map((service) => {
    const own = known.flatMap(({ name, loopback }) =>
      name === service && loopback !== undefined ? [loopback] : [],
    );
    const [blue = 0, green = 0] = slots.map((slot) => {
      const kept = own.map((ports) => ports[slot]).find((port) => !taken.has(port));
      const port = kept ?? freePort(used);
      used.add(port);
      return port;
    });
    return [service, { blue, green }] as const;
  });
  return Object.fromEntries(chosen);
}

function freePort(used: ReadonlySet<number>): number {
  let port = firstPort;
  while (used.has(port)) port += 1;
  return port;
}

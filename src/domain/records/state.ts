import { z } from 'zod';
import { crc32 } from './checksum';
import { slotName } from './release';

/** What serves, and where to go back to. */
export const hostState = z.object({
  schema: z.literal(1),
  app: z.string(),
  environment: z.string(),
  live: z.object({ release: z.string(), slot: slotName }),
  previous: z.object({ release: z.string(), slot: slotName }).nullable(),
  deploy: z.string(),
  updatedAt: z.iso.datetime(),
});
export type HostState = z.infer<typeof hostState>;

/** Over the values in a fixed order, so that neither blanks nor the order of keys count. */
function checksumOf({ schema, app, environment, live, previous, deploy, updatedAt }: HostState) {
  const before = previous === null ? null : [previous.release, previous.slot];
  const values = [schema, app, environment, live.release, live.slot, before, deploy, updatedAt];
  return crc32(JSON.stringify(values));
}

/**
 * `state.json` as it lies on the disk. Written by temp + fsync + rename, it is old or new and never torn; what a disk or a
 * hand did to it afterwards shows by the checksum.
 */
export const storedState = hostState
  .extend({ checksum: z.string() })
  .refine(({ checksum, ...state }) => checksum === checksumOf(state), 'its checksum is wrong')
  .transform((stored): HostState => hostState.parse(stored));

/** The text of `state.json`. */
export function printState(state: HostState): string {
  const known = hostState.parse(state);
  return `${JSON.stringify({ ...known, checksum: checksumOf(known) }, null, 2)}\n`;
}

/** `lease`: who may change this app on this host. `holder` null = free; `epoch` only grows. */
export const lease = z.object({
  schema: z.literal(1),
  epoch: z.number().int().nonnegative(),
  holder: z
    .object({
      deploy: z.string(),
      run: z.string(),
      actor: z.string(),
      attempt: z.number().int(),
    })
    .nullable(),
  /** Unix seconds of the host's own clock. */
  heartbeat: z.number().int().nonnegative(),
});
export type Lease = z.infer<typeof lease>;

import { z } from 'zod';
import { slotName } from './release';

/** `state.json`: what serves, and where to go back to. Written by temp + fsync + rename, so it is old or new, never torn. */
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

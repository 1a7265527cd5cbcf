import { z } from 'zod';

/** What is read of a backup's `manifest.json`; without one it is no backup. */
export const backupManifest = z.looseObject({
  /** When the backup was complete. */
  endedAt: z.iso.datetime().optional(),
  restore: z
    .looseObject({
      /** What is typed on the server to restore it. */
      command: z.string(),
      /** How long its proof, a restore into a scratch database, took in milliseconds. */
      tookMs: z.number().nonnegative().optional(),
    })
    .optional(),
});

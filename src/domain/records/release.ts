import { z } from 'zod';

/** The two slots of an app, and `adopted`: the containers that ran before the first release. */
export const slotName = z.enum(['adopted', 'blue', 'green']);
export type SlotName = z.infer<typeof slotName>;

/** Expected fields of a JSON answer: dotted path to the exact value, e.g. `{ "status": "healthy" }`. */
export const jsonExpectation = z.record(
  z.string(),
  z.union([z.string(), z.number(), z.boolean(), z.null()]),
);
export type JsonExpectation = z.infer<typeof jsonExpectation>;

const pacing = {
  intervalMs: z.number().int().positive(),
  timeoutMs: z.number().int().positive(),
  /** Passes in a row that count as healthy. */
  successes: z.number().int().positive(),
  /** From the first probe to the verdict, in milliseconds. */
  deadlineMs: z.number().int().positive(),
};

/**
 * How one replica proves that it is ready. `default` asks Docker's HEALTHCHECK when the container has one, else a TCP
 * connection to the routed port, else that it stays up for `settleMs`.
 */
export const healthCheck = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('default'), settleMs: z.number().int().nonnegative(), ...pacing }),
  z.object({
    kind: z.literal('http'),
    port: z.number().int(),
    path: z.string(),
    status: z.number().int(),
    json: jsonExpectation,
    host: z.string().optional(),
    ...pacing,
  }),
  z.object({ kind: z.literal('command'), command: z.string(), ...pacing }),
]);
export type HealthCheck = z.infer<typeof healthCheck>;

/** Docker's restart policy as its API spells it. */
export const restartPolicy = z.object({
  Name: z.enum(['', 'no', 'always', 'unless-stopped', 'on-failure']),
  MaximumRetryCount: z.number().int().optional(),
});
export type RestartPolicy = z.infer<typeof restartPolicy>;

/** One service of a release; `port` is set for a service that the proxy routes to, absent for a worker. */
export const releasedService = z.object({
  name: z.string(),
  image: z.string(),
  replicas: z.number().int().nonnegative(),
  port: z.number().int().optional(),
  /** Ports of the host on 127.0.0.1 that this service has in the one slot and in the other; only where the proxy runs on the host. */
  loopback: z.object({ blue: z.number().int(), green: z.number().int() }).optional(),
  /** What the managed proxy sends to this service; `host` null = any. */
  sites: z
    .array(z.object({ host: z.string().nullable(), path: z.string(), strip: z.boolean() }))
    .optional(),
  health: healthCheck,
  stopGraceMs: z.number().int().nonnegative(),
  restart: restartPolicy,
  /** false = a worker of which two must never run: the old one stops before the new one starts. */
  overlap: z.literal(false).optional(),
});
export type ReleasedService = z.infer<typeof releasedService>;

/** What became of a release: `pending` until its deploy ended; only a `good` one is a target of a rollback without a version. */
export const releaseStanding = z.enum(['pending', 'good', 'failed', 'rolled-back']);

/** `releases/<id>/release.json`: what was released, exactly enough to release it again. */
export const release = z.object({
  schema: z.literal(1),
  id: z.string(),
  seq: z.number().int().positive(),
  version: z.string(),
  deploy: z.string(),
  slot: slotName,
  standing: releaseStanding,
  /** Compose project of the team's stack beside which it was released; absent in older records. */
  project: z.string().optional(),
  services: z.array(releasedService),
  /** Images of what ran once for this release, and of none of its services; absent when there are none, and in older records. */
  onceImages: z.array(z.string()).optional(),
  /** SHA-256 over the rendered compose file, keyed, because the file holds secrets. */
  configHash: z.string(),
  /** Output of `migrate.version` before and after the migration; null = not asked. */
  schemaVersion: z.object({ before: z.string().nullable(), after: z.string().nullable() }),
  /** Ids of the backups from just before it; none in older records. */
  backups: z.array(z.string()).default([]),
  createdAt: z.iso.datetime(),
  reason: z.string().nullable(),
});
export type Release = z.infer<typeof release>;

/** Every image that a release was made with, each once. */
export function imagesOf({ services, onceImages = [] }: Release): readonly string[] {
  return [...new Set([...services.map(({ image }) => image), ...onceImages])];
}

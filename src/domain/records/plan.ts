import { z } from 'zod';
import { proxyHome } from '../proxy/home';
import { jsonExpectation, release, slotName } from './release';

/** A check through the host's own proxy: the URL gives scheme, port, Host and TLS name; the connection goes to the proxy itself. */
export const verifyCheck = z.object({
  url: z.url(),
  status: z.number().int(),
  json: jsonExpectation,
  intervalMs: z.number().int().positive(),
  timeoutMs: z.number().int().positive(),
  /** Passes in a row that make the post-check green. */
  successes: z.number().int().positive(),
  /** Failures in a row that send traffic back. */
  failures: z.number().int().positive(),
  deadlineMs: z.number().int().positive(),
});
export type VerifyCheck = z.infer<typeof verifyCheck>;

/** Where the proxy reads the markers, and how the keeper asks it which slot serves. */
export const proxyPlan = z.object({
  kind: z.enum(['nginx', 'caddy', 'managed']),
  home: proxyHome,
  /** Folder on the host with `managed`, `green` and `<slot>.json`. */
  markers: z.string(),
  token: z.string(),
  /** URL whose scheme, port, Host and TLS name reach the server block that serves the app. */
  confirmUrl: z.url(),
  /** Confirmations in a row that prove a switch. */
  confirmations: z.number().int().positive(),
  /** How long the proxy may still know the addresses that a slot's names had before. */
  forgetMs: z.number().int().nonnegative(),
  /** The proxy keeps connections to a slot open when no request needs them. */
  keepsConnections: z.boolean().default(false),
});

/** A slot with the release that lives (or is to live) in it. */
export const placedRelease = z.object({ slot: slotName, project: z.string(), release });
export type PlacedRelease = z.infer<typeof placedRelease>;

/** What a keeper follows: everything it needs to end a release well without the runner. */
export const plan = z.object({
  schema: z.literal(1),
  kind: z.enum(['deploy', 'rollback']),
  deploy: z.string(),
  epoch: z.number().int().positive(),
  app: z.string(),
  environment: z.string(),
  /** The folder of this app and environment on the host. */
  base: z.string(),
  /** The team's own Compose project: its shared services, and what ran before the first release. */
  project: z.string(),
  run: z.string(),
  actor: z.string(),
  target: placedRelease,
  /** The keeper starts the target's containers itself (a rollback to a stopped slot). */
  startTarget: z.boolean(),
  live: placedRelease.nullable(),
  proxy: proxyPlan,
  verify: z.array(verifyCheck),
  bakeMs: z.number().int().nonnegative(),
  drainMs: z.number().int().nonnegative(),
  /** The old slot is never stopped sooner than this after the switch: a proxy may hold slow uploads that nobody sees. */
  lingerMs: z.number().int().nonnegative(),
  keepOld: z.enum(['stopped', 'running']),
  /** Releases to keep besides the live one and the previous one. */
  retain: z.number().int().nonnegative(),
  /** Silence of the runner before `go` after which the slot is undone. */
  silenceMs: z.number().int().positive(),
  /** uid and gid that own the files; the keeper gives its own files to them. */
  owner: z.object({ uid: z.number().int(), gid: z.number().int() }),
});
export type Plan = z.infer<typeof plan>;

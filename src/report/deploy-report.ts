import { z } from 'zod';
import { journalRecord, outcome } from '../domain/records/journal';
import { slotName } from '../domain/records/release';

/** How a run ended as a whole; of several hosts the worst counts. */
const runVerdict = z.enum(['deployed', 'rolled-back', 'failed', 'unproven', 'refused']);

/** What the run did on one host; `release` is the one it was about, `previous` the one that served before. */
export const hostReport = z.object({
  host: z.string(),
  verdict: runVerdict,
  /** null = the host was not looked at. */
  state: outcome.shape.state.nullable(),
  slot: slotName.nullable(),
  release: z.string().nullable(),
  previous: z.string().nullable(),
  /** Service → `repo@sha256:…` or `sha256:…`. */
  digests: z.record(z.string(), z.string()),
  durationMs: z.number().nonnegative(),
  records: z.array(journalRecord),
  /** null = no keeper reported an end, or none was started. */
  outcome: outcome.nullable(),
  warnings: z.array(z.string()),
});
export type HostReport = z.infer<typeof hostReport>;

/** A finding of the preflight and what mends it; `host` null = of the run as a whole. */
const problem = z.object({
  host: z.string().nullable().optional(),
  what: z.string(),
  fix: z.string(),
});

/** One step of a plan: what kind it is, and what it would do. */
const planStep = z.object({ step: z.string(), text: z.string() });
export type PlanStep = z.infer<typeof planStep>;

/** What a run would do on one host, in its order; `changes` are lines that begin with `+ `, `- ` or blanks. */
const hostPlan = z.object({
  host: z.string(),
  steps: z.array(planStep),
  changes: z.array(z.object({ title: z.string(), lines: z.array(z.string()) })),
});
export type HostPlan = z.infer<typeof hostPlan>;

/** How the data stands to the release that serves, and which backup suits it; null = not known, or none. */
const dataStanding = z.object({
  release: z.string(),
  schemaOfRelease: z.string().nullable(),
  schemaNow: z.string().nullable(),
  moved: z.boolean().nullable(),
  /** The release whose migration moved the schema away, or may have. */
  movedBy: z.string().nullable(),
  backups: z.array(
    z.object({
      id: z.string(),
      /** Where it is on the server. */
      folder: z.string(),
      takenAt: z.string().nullable(),
      /** What is typed on the server to restore it, and how long a restore took when it was proven. */
      restore: z.object({ command: z.string(), tookMs: z.number().nullable() }).nullable(),
    }),
  ),
});
export type StandingReport = z.infer<typeof dataStanding>;

/** Everything people and machines are told about a deploy or a rollback; the output `report` is its bounded JSON. */
export const deployReport = z.object({
  schema: z.literal(1),
  kind: z.enum(['deploy', 'rollback']),
  app: z.string(),
  environment: z.string(),
  version: z.string(),
  release: z.string().nullable(),
  previous: z.string().nullable(),
  verdict: runVerdict,
  hosts: z.array(hostReport),
  problems: z.array(problem),
  /** Instructions that mend one of the problems, with texts to copy; null = their fixes say all. */
  steps: z.string().nullable(),
  /** What ended the run outside a keeper, e.g. a pull that failed; null = nothing did. */
  failure: z.object({ reason: z.string(), hint: z.string().nullable() }).nullable(),
  /** What happened to the data; null = nothing was asked. */
  data: z
    .object({
      /** Output of `migrate.version`; null = not asked. */
      schemaBefore: z.string().nullable(),
      schemaAfter: z.string().nullable(),
      /** Ids of the backups that this release rests on. */
      backups: z.array(z.string()),
      /** Why somebody let this deploy go on without a backup; null = nobody did. */
      backupSkipped: z.string().nullable(),
      /** Of a rollback, and of a migration whose release does not serve: how the data stands to the one that does. */
      standing: dataStanding.optional(),
    })
    .nullable(),
  runUrl: z.string().nullable(),
  startedAt: z.iso.datetime(),
  durationMs: z.number().nonnegative(),
  /** The plan of a dry run, host by host; null = the run was real. */
  dryRun: z.array(hostPlan).nullable(),
});
export type DeployReport = z.infer<typeof deployReport>;

import { z } from 'zod';

/** The steps of a deploy as the journal names them; S2–S7 are told by the runner, the rest are the keeper's own. */
export const step = z.enum([
  'lease', // S2
  'backup', // S3 and S4, beside the pull
  'pull', // S5
  'migrate', // S6
  'start', // S7
  'go', // the runner hands over: from here on the keeper alone decides
  'gate', // S8
  'workers', // S7 and S8 of the workers that had to wait: until the old one had stopped, or for a warm switch
  'switch', // S9
  'check', // S10, until the first passes in a row
  'bake', // S10, the rest of the time
  'back', // traffic returns to the old slot
  'undo', // the new slot is removed
  'drain', // S11
  'stop', // S11
  'prune', // S12
  'record', // S12
  'keeper', // the keeper itself: started, resumed
  'end',
]);
export type Step = z.infer<typeof step>;

/** One line of a health transcript: who was asked, what came back. */
export const transcriptLine = z.object({
  atMs: z.number(),
  target: z.string(),
  ok: z.boolean(),
  said: z.string(),
});
export type TranscriptLine = z.infer<typeof transcriptLine>;

/** Last lines of a container that failed, for the report. */
export const containerLog = z.object({ container: z.string(), lines: z.array(z.string()) });
export type ContainerLog = z.infer<typeof containerLog>;

/**
 * How a deploy ended on one host. States: BLUE old serves, nothing left over · GREEN new serves · GREEN+ new serves,
 * cleaning is pending · BACK switched back, proven · UNKNOWN not proven.
 */
export const outcome = z.object({
  verdict: z.enum(['deployed', 'rolled-back', 'failed', 'unproven']),
  state: z.enum(['BLUE', 'GREEN', 'GREEN+', 'BACK', 'UNKNOWN']),
  reason: z.string().nullable(),
  hint: z.string().nullable(),
  warnings: z.array(z.string()),
  logs: z.array(containerLog),
  transcript: z.array(transcriptLine),
});
export type Outcome = z.infer<typeof outcome>;

/** `journal/<deploy-id>.jsonl`: one record a line. `note` is progress only; `intent` and `done|failed` are durable. */
export const journalRecord = z.object({
  seq: z.number().int().positive(),
  epoch: z.number().int(),
  step,
  phase: z.enum(['intent', 'done', 'failed', 'note']),
  time: z.iso.datetime(),
  text: z.string().optional(),
  /** Milliseconds since the step's intent, on `done` and `failed`. */
  tookMs: z.number().optional(),
  outcome: outcome.optional(),
  /** Facts the runner hands over with `go`. */
  facts: z
    .object({
      schemaBefore: z.string().nullable(),
      schemaAfter: z.string().nullable(),
      /** Ids of the backups that this release rests on. */
      backups: z.array(z.string()).default([]),
    })
    .optional(),
});
export type JournalRecord = z.infer<typeof journalRecord>;
export type JournalPhase = JournalRecord['phase'];

/** What the runner (or another run) tells a keeper, one JSON object a line on its stdin. */
export const keeperCommand = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('beat') }),
  z.object({
    kind: z.literal('record'),
    step,
    phase: z.enum(['intent', 'done', 'failed', 'note']),
    text: z.string().optional(),
    tookMs: z.number().optional(),
  }),
  z.object({ kind: z.literal('go'), facts: journalRecord.shape.facts.unwrap() }),
  z.object({ kind: z.literal('abort'), reason: z.string() }),
  z.object({ kind: z.literal('back'), reason: z.string() }),
]);
export type KeeperCommand = z.infer<typeof keeperCommand>;

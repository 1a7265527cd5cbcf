import { readFileSync } from 'node:fs';
import { z } from 'zod';
import { ShiplockError, messageOf } from '../../errors';

const commit = z.object({ id: z.string(), timestamp: z.string() });

/** What we read of a webhook's payload; all of it may be missing: https://docs.github.com/en/webhooks/webhook-events-and-payloads. */
const eventPayload = z.object({
  number: z.number().optional().catch(undefined),
  before: z.string().optional().catch(undefined),
  after: z.string().optional().catch(undefined),
  deleted: z.boolean().optional().catch(undefined),
  base_ref: z.string().nullish().catch(undefined),
  commits: z.array(commit).optional().catch(undefined),
  head_commit: commit.nullish().catch(undefined),
  pull_request: z
    .object({
      head: z
        .object({
          sha: z.string(),
          repo: z.object({ full_name: z.string() }).nullish().catch(undefined),
        })
        .optional()
        .catch(undefined),
      base: z
        .object({ ref: z.string(), sha: z.string().optional().catch(undefined) })
        .optional()
        .catch(undefined),
    })
    .optional()
    .catch(undefined),
  merge_group: z
    .object({
      head_sha: z.string(),
      base_sha: z.string().optional().catch(undefined),
      base_ref: z.string().optional().catch(undefined),
    })
    .optional()
    .catch(undefined),
  workflow_run: z.object({ head_sha: z.string() }).optional().catch(undefined),
  repository: z
    .object({
      name: z.string(),
      description: z.string().nullish(),
      html_url: z.string(),
      default_branch: z.string(),
      license: z.object({ spdx_id: z.string().nullish() }).nullish(),
    })
    .optional()
    .catch(undefined),
});
export type EventPayload = z.infer<typeof eventPayload>;

/** The payload of the event that started the run; an empty one where there is none. Throws when there is one that nobody can read. */
export function readEventPayload(environment: NodeJS.ProcessEnv = process.env): EventPayload {
  const path = environment['GITHUB_EVENT_PATH'] ?? '';
  if (path === '') return {};
  try {
    return eventPayload.parse(JSON.parse(readFileSync(path, 'utf8')));
  } catch (cause) {
    const hint = 'GitHub writes that file, and GITHUB_EVENT_PATH names it: no step may change it.';
    throw new ShiplockError(
      `the payload of the event is no JSON object in ${path}: ${messageOf(cause).split('\n')[0] ?? ''}`,
      { hint, fault: 'user', cause },
    );
  }
}

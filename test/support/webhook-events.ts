import { createRequire } from 'node:module';
import type { WebhookDefinition } from '@octokit/webhooks-examples';

const examples = createRequire(import.meta.url)(
  '@octokit/webhooks-examples',
) as readonly WebhookDefinition[];

type Payload = Readonly<Record<string, unknown>>;

/** An event as a run sees it: https://docs.github.com/en/actions/reference/workflows-and-actions/events-that-trigger-workflows. */
export interface WorkflowEvent {
  readonly event: { readonly name: string; readonly payload: Payload };
  readonly ref: string;
  readonly sha: string;
}

export type EventName =
  | 'push'
  | 'push of a tag'
  | 'pull_request'
  | 'pull_request_target'
  | 'merge_group'
  | 'workflow_run'
  | 'schedule'
  | 'workflow_dispatch'
  | 'release';

/** The commit of a run whose event names none: the last one of a branch, or the merge commit that GitHub makes. */
export const runCommit = 'ffac537e6cbbf934b08745a378932722df287a53';

/** A real payload, from those that Octokit collects; the one of `schedule`, of which they have none, as GitHub documents it. */
export function webhookEvent(name: EventName): WorkflowEvent {
  switch (name) {
    case 'push':
      return pushed('refs/heads/');
    case 'push of a tag':
      return pushed('refs/tags/');
    case 'pull_request':
    case 'pull_request_target': {
      const payload = example('pull_request', ({ action }) => action === 'synchronize');
      const { number, pull_request: pull } = payload as unknown as PullPayload;
      const event = { name, payload };
      return name === 'pull_request'
        ? { event, ref: `refs/pull/${number}/merge`, sha: runCommit }
        : { event, ref: `refs/heads/${pull.base.ref}`, sha: pull.base.sha };
    }
    case 'merge_group': {
      const payload = example(name);
      const group = payload['merge_group'] as {
        readonly head_ref: string;
        readonly head_sha: string;
      };
      return { event: { name, payload }, ref: group.head_ref, sha: group.head_sha };
    }
    case 'schedule': {
      const { repository } = example('workflow_dispatch');
      const payload = {
        repository,
        schedule: '0 3 * * *',
        workflow: '.github/workflows/release.yml',
      };
      return { event: { name, payload }, ref: 'refs/heads/main', sha: runCommit };
    }
    case 'workflow_dispatch': {
      const payload = example(name);
      return { event: { name, payload }, ref: String(payload['ref']), sha: runCommit };
    }
    case 'workflow_run':
      return { event: { name, payload: example(name) }, ref: 'refs/heads/main', sha: runCommit };
    case 'release': {
      const payload = example(name, ({ action }) => action === 'published');
      const { tag_name: tag } = payload['release'] as { readonly tag_name: string };
      return { event: { name, payload }, ref: `refs/tags/${tag}`, sha: runCommit };
    }
  }
}

interface PullPayload {
  readonly number: number;
  readonly pull_request: { readonly base: { readonly ref: string; readonly sha: string } };
}

function pushed(place: string): WorkflowEvent {
  const payload = example(
    'push',
    ({ ref, deleted }) => String(ref).startsWith(place) && deleted === false,
  );
  return {
    event: { name: 'push', payload },
    ref: String(payload['ref']),
    sha: String(payload['after']),
  };
}

function example(name: string, fits: (payload: Payload) => boolean = () => true): Payload {
  const all = examples.find((definition) => definition.name === name)?.examples ?? [];
  const found = (all as unknown as readonly Payload[]).find(fits);
  if (found === undefined) throw new Error(`there is no example of ${name}`);
  return found;
}

/** The event with its payload less one part: `merge_group.head_sha`. */
export function without({ event, ...rest }: WorkflowEvent, path: string): WorkflowEvent {
  const payload = structuredClone(event.payload) as Record<string, unknown>;
  const keys = path.split('.');
  const last = keys.pop() ?? '';
  const holder = keys.reduce((at, key) => at[key] as Record<string, unknown>, payload);
  // eslint-disable-next-line @typescript-eslint/no-dynamic-delete -- the test says which one
  delete holder[last];
  return { ...rest, event: { ...event, payload } };
}

import type { Json } from './description';
import type { Handler } from './handler';
import { shareHandlers } from './share-handlers';
import { checkRun, commitStatus, job, workflowRun } from './shapes';
import type { CheckRun } from './world';

interface StatusBody {
  readonly state: string;
  readonly context?: string;
  readonly description?: string | null;
  readonly target_url?: string | null;
}

const absent = { status: 404, message: 'Not Found' } as const;
const noCommit = (name: string) =>
  ({ status: 422, message: `No commit found for SHA: ${name}` }) as const;

/** Every operation of the slice, by its id. */
export const handlers: Readonly<Record<string, Handler>> = {
  ...shareHandlers,
  'repos/get': {
    needs: ['metadata', 'read'],
    answer: ({ repository }, { example }) => {
      const { owner, name, description, defaultBranch, license } = repository;
      const full = `${owner}/${name}`;
      return {
        body: {
          ...without(example, 'source', 'parent', 'template_repository'),
          name,
          full_name: full,
          html_url: `https://github.com/${full}`,
          description,
          default_branch: defaultBranch,
          license: license === null ? null : { ...(example['license'] as Json), spdx_id: license },
          language: null,
        },
      };
    },
  },
  'repos/get-commit': {
    needs: ['contents', 'read'],
    answer: (world, { path, example }) => {
      const sha = world.commitOf(path['ref'] ?? '');
      if (sha === null) return noCommit(path['ref'] ?? '');
      const commit = example['commit'] as Json;
      const committer = { ...(commit['committer'] as Json), date: world.commits.get(sha) };
      const [parent] = example['parents'] as Json[];
      const parents = world.parents.get(sha)?.map((one) => ({ ...parent, sha: one }));
      const known = parents === undefined ? {} : { parents };
      return {
        body: { ...without(example, 'files'), ...known, sha, commit: { ...commit, committer } },
      };
    },
  },
  'repos/get-content': {
    needs: ['contents', 'read'],
    answer: (world, { path, query, raw, example }) => {
      const sha = world.commitOf(query['ref'] ?? world.repository.defaultBranch);
      if (sha === null)
        return { status: 404, message: `No commit found for the ref ${query['ref'] ?? ''}` };
      const text = world.fileAt(path['path'] ?? '', sha);
      if (text === null) return absent;
      if (raw) return { text };
      const content = Buffer.from(text).toString('base64');
      return { body: { ...example, path: path['path'], size: Buffer.byteLength(text), content } };
    },
  },
  'git/list-matching-refs': {
    needs: ['contents', 'read'],
    answer: (world, { path, example }) => {
      const refs = [...world.refs].filter(([ref]) => ref.startsWith(`refs/${path['ref'] ?? ''}`));
      const [one] = example as unknown as Json[];
      const object = one?.['object'] as Json;
      return {
        list: refs.map(([ref, sha]) => () => ({ ...one, ref, object: { ...object, sha } })),
      };
    },
  },
  'checks/list-for-ref': {
    needs: ['checks', 'read'],
    answer: (world, { path, query, example }) => {
      const sha = world.commitOf(path['ref'] ?? '');
      if (sha === null) return noCommit(path['ref'] ?? '');
      const all = world.checks.filter((check) => check.sha === sha);
      const shown = query['filter'] === 'all' ? all : latestOf(all);
      return {
        list: shown
          .toReversed()
          .map((check) => () => checkRun(check, first(example, 'check_runs'))),
        as: 'check_runs',
      };
    },
  },
  'actions/list-jobs-for-workflow-run': {
    needs: ['actions', 'read'],
    answer: (world, { path, example }) => {
      const run = world.runs.find(({ id }) => id === Number(path['run_id']));
      if (run === undefined) return absent;
      const jobs = world.checks.filter((check) => check.run === run);
      return {
        list: latestOf(jobs).map((one) => () => job(one, first(example, 'jobs'))),
        as: 'jobs',
      };
    },
  },
  'actions/list-workflow-runs-for-repo': {
    needs: ['actions', 'read'],
    answer: (world, { query, example }) => {
      const { head_sha: sha, event } = query;
      const runs = world.runs.filter(
        (run) =>
          (sha === undefined || run.sha === sha) && (event === undefined || run.event === event),
      );
      const one = first(example, 'workflow_runs');
      const list = runs.toReversed().map((run) => () => workflowRun(run, one));
      return { list, as: 'workflow_runs' };
    },
  },
  'repos/list-commit-statuses-for-ref': {
    needs: ['statuses', 'read'],
    answer: (world, { path, example }) => {
      const sha = world.commitOf(path['ref'] ?? '');
      if (sha === null) return noCommit(path['ref'] ?? '');
      const statuses = world.statuses.filter((status) => status.sha === sha).toReversed();
      const [one = {}] = example as unknown as Json[];
      return { list: statuses.map((status) => () => commitStatus(status, one)) };
    },
  },
  'repos/create-commit-status': {
    needs: ['statuses', 'write'],
    answer: (world, { path, body, example }) => {
      const sha = path['sha'] ?? '';
      if (!world.commits.has(sha)) return noCommit(sha);
      const told = body as unknown as StatusBody;
      const { state, context = 'default', description = null, target_url: url = null } = told;
      if ((description ?? '').length > 140)
        return { status: 422, message: 'Validation Failed: description is too long' };
      const given = { sha, state, context, description, url };
      return { body: commitStatus(world.status(given), example) };
    },
  },
};

function without(value: Json, ...keys: readonly string[]): Json {
  return Object.fromEntries(Object.entries(value).filter(([key]) => !keys.includes(key)));
}

const first = (example: Json, key: string): Json => (example[key] as Json[])[0] ?? {};

/** Of the checks of one name in one suite GitHub shows the last one. */
function latestOf(checks: readonly CheckRun[]): readonly CheckRun[] {
  const keyOf = ({ suite, name }: CheckRun): string => `${suite} ${name}`;
  const latest = new Map<string, number>();
  for (const check of checks)
    latest.set(keyOf(check), Math.max(check.id, latest.get(keyOf(check)) ?? 0));
  return checks.filter((check) => latest.get(keyOf(check)) === check.id);
}

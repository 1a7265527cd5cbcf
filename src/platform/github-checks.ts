import type { Check } from '../domain/merge/judge-checks';
import { checkState, statusState } from '../domain/merge/states';
import type { GithubClient } from './github-client';

/** Checks at GitHub: https://docs.github.com/en/rest/checks, /commits/statuses and /actions. */
export interface ChecksApi {
  /** All check runs and commit statuses of a commit, each in its latest attempt. */
  checks(ref: string): Promise<readonly Check[]>;
  /** Text of a file as it was at a commit. */
  file(path: string, ref: string): Promise<string>;
  /** Check run of the job that runs on this runner now; null when it cannot be told. */
  ownCheckRun(runId: string, runnerName: string): Promise<number | null>;
  setStatus(sha: string, status: CommitStatus): Promise<void>;
}

export interface CommitStatus {
  readonly state: 'pending' | 'success' | 'failure';
  readonly context: string;
  /** At most 140 characters. */
  readonly description: string;
  readonly url: string;
}

const perPage = 100;

/** Each call throws a GithubFailure that says what is missing. */
export function checksApi(client: GithubClient): ChecksApi {
  return {
    checks: async (ref) => {
      const [runs, statuses] = await Promise.all([
        checkRuns(client, ref),
        commitStatuses(client, ref),
      ]);
      return [...runs, ...statuses];
    },
    file: (path, ref) =>
      client.ask(`the file ${path}`, async (octokit, at) => {
        const mediaType = { format: 'raw' };
        const { data } = await octokit.rest.repos.getContent({ ...at, path, ref, mediaType });
        // With that media type the answer is the text, whatever the types say.
        if (typeof data !== 'string') throw new Error('it is no file');
        return data;
      }),
    ownCheckRun: (runId, runnerName) =>
      client.ask('the jobs of this run', async (octokit, at) => {
        const query = { ...at, run_id: Number(runId), per_page: perPage };
        const jobs = await octokit.paginate(octokit.rest.actions.listJobsForWorkflowRun, query);
        const own = jobs.filter(
          ({ status, runner_name }) => status === 'in_progress' && runner_name === runnerName,
        );
        const [only] = own;
        return own.length === 1 && only !== undefined
          ? Number(only.check_run_url.split('/').at(-1))
          : null;
      }),
    setStatus: async (sha, { state, context, description, url }) => {
      const status = { state, context, description: description.slice(0, 140) };
      await client.ask('the commit its status', (octokit, at) =>
        octokit.rest.repos.createCommitStatus({ ...at, sha, ...status, target_url: url }),
      );
    },
  };
}

async function checkRuns(client: GithubClient, ref: string): Promise<readonly Check[]> {
  const [runs, workflows] = await Promise.all([
    client.ask(`the checks of ${ref}`, (octokit, at) =>
      octokit.paginate(octokit.rest.checks.listForRef, { ...at, ref, per_page: perPage }),
    ),
    workflowsBySuite(client, ref),
  ]);
  return runs.map((run): Check => {
    const workflow = workflows.get(run.check_suite?.id ?? 0);
    return {
      kind: 'check',
      id: run.id,
      name: run.name,
      app: run.app?.slug ?? '',
      workflow: workflow?.name ?? '',
      event: workflow?.event ?? '',
      state: checkState(run.status, run.conclusion),
      startedAt: Date.parse(run.started_at ?? '') || 0,
      url: run.html_url,
    };
  });
}

/** Workflow and event of each check suite: a check run itself knows neither. */
async function workflowsBySuite(
  client: GithubClient,
  sha: string,
): Promise<ReadonlyMap<number, { readonly name: string; readonly event: string }>> {
  const runs = await client.ask(`the workflow runs of ${sha}`, (octokit, at) =>
    octokit.paginate(octokit.rest.actions.listWorkflowRunsForRepo, {
      ...at,
      head_sha: sha,
      per_page: perPage,
    }),
  );
  return new Map(
    runs.flatMap(({ check_suite_id: suite, path, name, event }) =>
      suite === undefined ? [] : [[suite, { name: name ?? path, event }] as const],
    ),
  );
}

async function commitStatuses(client: GithubClient, ref: string): Promise<readonly Check[]> {
  const statuses = await client.ask(`the statuses of ${ref}`, (octokit, at) =>
    octokit.paginate(octokit.rest.repos.listCommitStatusesForRef, {
      ...at,
      ref,
      per_page: perPage,
    }),
  );
  return statuses.map((status): Check => ({
    kind: 'status',
    id: status.id,
    name: status.context,
    app: 'status',
    workflow: '',
    event: '',
    state: statusState(status.state),
    startedAt: Date.parse(status.created_at) || 0,
    url: status.target_url,
  }));
}

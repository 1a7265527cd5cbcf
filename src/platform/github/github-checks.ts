import type { Check, CheckWorkflow } from '../../domain/merge/judge-checks';
import { checkState, statusState } from '../../domain/merge/states';
import type { GithubClient } from './github-client';

/** Checks at GitHub: https://docs.github.com/en/rest/checks, /commits/statuses and /actions. */
export interface ChecksApi {
  /** All check runs, commit statuses and workflow runs of a commit. @param sha in full */
  checks(sha: string): Promise<readonly Check[]>;
  /** The commit that a branch, a tag or an id stands for now. */
  commit(ref: string): Promise<string>;
  /** Text of a file as it was at a commit. */
  file(path: string, ref: string): Promise<string>;
  /** Check run of the job that runs on this runner now; null when it cannot be told. */
  ownCheckRun(runId: number, runnerName: string): Promise<number | null>;
  setStatus(sha: string, status: CommitStatus): Promise<void>;
}

export interface CommitStatus {
  readonly state: 'pending' | 'success' | 'failure' | 'error';
  readonly context: string;
  /** At most 140 characters. */
  readonly description: string;
  readonly url: string;
}

const perPage = 100;

/** Each call throws a GithubFailure that says what is missing. */
export function checksApi(client: GithubClient): ChecksApi {
  return {
    checks: async (sha) => {
      const [checks, runs, statuses] = await Promise.all([
        checkRuns(client, sha),
        workflowRuns(client, sha),
        commitStatuses(client, sha),
      ]);
      const bySuite = new Map(runs.map(({ suite, check }) => [suite, check.workflow]));
      const known = checks.map(({ suite, check }): Check => {
        return { ...check, workflow: bySuite.get(suite) ?? null };
      });
      return [...known, ...runs.map(({ check }) => check), ...statuses];
    },
    commit: (ref) =>
      client.ask(`which commit ${ref} is`, async (octokit, at) => {
        const { data } = await octokit.rest.repos.getCommit({ ...at, ref });
        return data.sha;
      }),
    file: (path, ref) =>
      client.ask(`the file ${path}`, async (octokit, at) => {
        const mediaType = { format: 'raw' };
        const { data } = await octokit.rest.repos.getContent({ ...at, path, ref, mediaType });
        // With that media type the answer is the text, whatever the types say.
        if (typeof data !== 'string') throw new Error('it is no file');
        return data;
      }),
    ownCheckRun: (runId, runnerName) => ownCheckRun(client, runId, runnerName),
    setStatus: async (sha, { state, context, description, url }) => {
      const status = { state, context, description: description.slice(0, 140) };
      await client.ask(`whether it took the commit status ${context}`, (octokit, at) =>
        octokit.rest.repos.createCommitStatus({ ...at, sha, ...status, target_url: url }),
      );
    },
  };
}

function ownCheckRun(
  client: GithubClient,
  runId: number,
  runnerName: string,
): Promise<number | null> {
  return client.ask('the jobs of this run', async (octokit, at) => {
    const query = { ...at, run_id: runId, per_page: perPage };
    const jobs = await octokit.paginate(octokit.rest.actions.listJobsForWorkflowRun, query);
    const [own, other] = jobs.filter(
      ({ status, runner_name }) => status === 'in_progress' && runner_name === runnerName,
    );
    if (own === undefined || other !== undefined) return null;
    return Number(own.check_run_url.split('/').at(-1));
  });
}

interface OfSuite {
  /** Check suite: a check run itself knows neither its workflow nor its event. */
  readonly suite: number;
  readonly check: Check;
}

function checkRuns(client: GithubClient, ref: string): Promise<readonly OfSuite[]> {
  return client.ask(`the checks of ${ref}`, async (octokit, at) => {
    const query = { ...at, ref, per_page: perPage };
    const runs = await octokit.paginate(octokit.rest.checks.listForRef, query);
    return runs.map(({ id, name, app, check_suite: suite, status, conclusion, html_url: url }) => ({
      suite: suite?.id ?? 0,
      check: {
        ...({ kind: 'check', id, name, app: app?.slug ?? '', workflow: null, url } as const),
        state: checkState(status, conclusion),
      },
    }));
  });
}

function workflowRuns(client: GithubClient, sha: string): Promise<readonly OfSuite[]> {
  return client.ask(`the workflow runs of ${sha}`, async (octokit, at) => {
    const query = { ...at, head_sha: sha, per_page: perPage };
    const runs = await octokit.paginate(octokit.rest.actions.listWorkflowRunsForRepo, query);
    return runs.map((run) => {
      const { id, name, path, event, check_suite_id: suite = 0, status, conclusion } = run;
      const workflow: CheckWorkflow = { name: name ?? path, path, event, run: id };
      const state = checkState(status ?? 'queued', conclusion);
      const kind = 'run' as const;
      const app = 'github-actions';
      return {
        suite,
        check: { kind, id, name: workflow.name, app, workflow, state, url: run.html_url },
      };
    });
  });
}

function commitStatuses(client: GithubClient, ref: string): Promise<readonly Check[]> {
  return client.ask(`the statuses of ${ref}`, async (octokit, at) => {
    const query = { ...at, ref, per_page: perPage };
    const statuses = await octokit.paginate(octokit.rest.repos.listCommitStatusesForRef, query);
    return statuses.map(({ id, context: name, state, target_url: url }): Check => {
      const kind = 'status' as const;
      return { kind, id, name, app: '', workflow: null, state: statusState(state), url };
    });
  });
}

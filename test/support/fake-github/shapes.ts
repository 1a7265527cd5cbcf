import type { Json } from './description';
import type { CheckRun, CommitStatus, WorkflowRun } from './world';

const time = '2026-11-23T10:00:00Z';
const at = 'https://api.github.com/repos/octo-org/octo-repo';
const page = 'https://github.com/octo-org/octo-repo';

/** As the API shows it. */
export function checkRun(check: CheckRun, example: Json): Json {
  const { id, name, sha, status, conclusion, startedAt, run } = check;
  return {
    ...example,
    id,
    name,
    status,
    conclusion,
    head_sha: sha,
    started_at: startedAt,
    completed_at: status === 'completed' ? startedAt : null,
    url: `${at}/check-runs/${id}`,
    html_url: run === null ? `${page}/runs/${id}` : `${page}/actions/runs/${run.id}/job/${id}`,
    app: { ...(example['app'] as Json), slug: check.app },
    check_suite: { id: check.suite },
  };
}

/** As the API shows it. */
export function job(
  { id, name, sha, status, conclusion, startedAt, run, runner }: CheckRun,
  example: Json,
): Json {
  return {
    ...example,
    id,
    name,
    status,
    conclusion,
    run_id: run?.id,
    head_sha: sha,
    created_at: time,
    started_at: startedAt ?? time,
    completed_at: status === 'completed' ? (startedAt ?? time) : null,
    html_url: `${page}/actions/runs/${run?.id ?? 0}/job/${id}`,
    check_run_url: `${at}/check-runs/${id}`,
    runner_name: runner,
  };
}

/** As the API shows it. */
export function workflowRun(run: WorkflowRun, example: Json): Json {
  const { id, suite, name, path, event, sha, status, conclusion } = run;
  const html_url = `${page}/actions/runs/${id}`;
  return {
    ...example,
    id,
    name,
    path,
    event,
    status,
    conclusion,
    html_url,
    head_sha: sha,
    check_suite_id: suite,
  };
}

/** As the API shows it. */
export function commitStatus(
  { id, context, state, description, url }: CommitStatus,
  example: Json,
): Json {
  return { ...example, id, context, state, description, target_url: url, created_at: time };
}

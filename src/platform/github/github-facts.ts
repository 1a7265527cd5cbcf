/** What GitHub says about the run; a text is empty where it says nothing, as outside of GitHub. */
export interface GithubFacts {
  readonly runId: string;
  readonly runAttempt: string;
  /** `owner/name` of the repository whose workflow runs. */
  readonly repository: string;
  /** Stays the same when the repository gets another name. */
  readonly repositoryId: string;
  readonly actor: string;
  readonly serverUrl: string;
  readonly apiUrl: string;
  readonly sha: string;
  /** Full name, such as `refs/heads/main`. */
  readonly ref: string;
  readonly refName: string;
  /** `branch`, `tag`, or empty. */
  readonly refType: string;
  readonly eventName: string;
  readonly workflow: string;
  readonly job: string;
  /** `owner/name/path@ref` of the workflow file, and the commit that it is of. */
  readonly workflowRef: string;
  readonly workflowSha: string;
  readonly runnerName: string;
  /** Page of this run's attempt; null outside of GitHub. */
  readonly runUrl: string | null;
  /** Where to report a fault of this action; null when GitHub does not say where it came from. */
  readonly issuesUrl: string | null;
}

/** Reads the facts from the environment of a step. */
export function readGithubFacts(environment: NodeJS.ProcessEnv): GithubFacts {
  const fact = (name: string): string => environment[`GITHUB_${name}`] ?? '';
  const serverUrl = fact('SERVER_URL') || 'https://github.com';
  const [runId, runAttempt] = [fact('RUN_ID'), fact('RUN_ATTEMPT') || '1'];
  const repository = fact('REPOSITORY');
  const run = `${serverUrl}/${repository}/actions/runs/${runId}/attempts/${runAttempt}`;
  const actionRepository = fact('ACTION_REPOSITORY');
  return {
    runId,
    runAttempt,
    repository,
    repositoryId: fact('REPOSITORY_ID'),
    actor: fact('ACTOR'),
    serverUrl,
    apiUrl: fact('API_URL') || 'https://api.github.com',
    sha: fact('SHA'),
    ref: fact('REF'),
    refName: fact('REF_NAME'),
    refType: fact('REF_TYPE'),
    eventName: fact('EVENT_NAME'),
    workflow: fact('WORKFLOW'),
    job: fact('JOB'),
    workflowRef: fact('WORKFLOW_REF'),
    workflowSha: fact('WORKFLOW_SHA'),
    runnerName: environment['RUNNER_NAME'] ?? '',
    runUrl: runId === '' || repository === '' ? null : run,
    issuesUrl: actionRepository === '' ? null : `${serverUrl}/${actionRepository}/issues`,
  };
}

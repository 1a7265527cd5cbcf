import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

/** What of the run an action can see; the defaults are a push of the tag v1.2.3. */
export interface RunFacts {
  readonly event?: { readonly name: string; readonly payload?: Readonly<Record<string, unknown>> };
  /** `refs/tags/v1.2.3`, `refs/heads/main`. */
  readonly ref?: string;
  readonly sha?: string;
  readonly repository?: string;
  readonly runId?: string;
  readonly runAttempt?: string;
  readonly actor?: string;
  /** As with ACTIONS_STEP_DEBUG. */
  readonly debug?: boolean;
}

const defaults: Required<RunFacts> = {
  event: { name: 'push' },
  ref: 'refs/tags/v1.2.3',
  sha: 'ffac537e6cbbf934b08745a378932722df287a53',
  repository: 'octo-org/octo-repo',
  runId: '1658821493',
  runAttempt: '1',
  actor: 'octocat',
  debug: false,
};

// Nothing listens on the discard port: whatever a test does not serve itself fails at once instead of leaving the machine.
const nowhere = 'http://127.0.0.1:9/';

/** Writes the event file and makes the runner's folders below `folder`; gives the variables that every step of the job sees. */
export function runnerEnvironment(
  facts: RunFacts,
  folder: string,
  workspace: string,
): Record<string, string> {
  const run: Facts = { ...defaults, ...facts };
  const path = (name: string): string => join(folder, name);
  for (const name of ['temp', 'tools', 'home']) mkdirSync(path(name), { recursive: true });
  writeFileSync(path('event.json'), JSON.stringify(eventPayload(run)));
  return {
    CI: 'true',
    GITHUB_ACTIONS: 'true',
    GITHUB_EVENT_PATH: path('event.json'),
    GITHUB_WORKSPACE: workspace,
    ...githubVariables(run),
    RUNNER_ARCH: process.arch === 'arm64' ? 'ARM64' : 'X64',
    RUNNER_ENVIRONMENT: 'github-hosted',
    RUNNER_NAME: 'GitHub Actions 2',
    RUNNER_OS: 'Linux',
    RUNNER_TEMP: path('temp'),
    RUNNER_TOOL_CACHE: path('tools'),
    RUNNER_TRACKING_ID: 'github_5b2f0c5c-2f0f-4a3e-9d7c-6f2f5d5c9c11',
    RUNNER_WORKSPACE: join(workspace, '..'),
    ...(run.debug ? { RUNNER_DEBUG: '1' } : {}),
    ACTIONS_CACHE_SERVICE_V2: 'True',
    ACTIONS_CACHE_URL: nowhere,
    ACTIONS_RESULTS_URL: nowhere,
    ACTIONS_RUNTIME_TOKEN: 'runtime-token',
    ACTIONS_RUNTIME_URL: nowhere,
    // Of the machine an action gets the tools, not the settings.
    HOME: path('home'),
    LANG: 'C.UTF-8',
    PATH: process.env['PATH'] ?? '',
  };
}

type Facts = Required<RunFacts>;

function githubVariables(run: Facts): Record<string, string> {
  const { ref, sha, repository, actor, runId, runAttempt, event } = run;
  const workflow = `${repository}/.github/workflows/release.yml@${ref}`;
  const facts = {
    ACTION: '__shiplock_shiplock',
    ACTION_REF: 'v0',
    ACTION_REPOSITORY: 'shiplock/shiplock',
    ACTOR: actor,
    ACTOR_ID: '583231',
    API_URL: 'https://api.github.com',
    BASE_REF: '',
    EVENT_NAME: event.name,
    GRAPHQL_URL: 'https://api.github.com/graphql',
    HEAD_REF: '',
    JOB: 'deploy',
    REF: ref,
    REF_NAME: refName(ref),
    REF_PROTECTED: 'false',
    REF_TYPE: ref.startsWith('refs/tags/') ? 'tag' : 'branch',
    REPOSITORY: repository,
    REPOSITORY_ID: '1296269',
    REPOSITORY_OWNER: repository.replace(/\/.*/, ''),
    REPOSITORY_OWNER_ID: '9919',
    RETENTION_DAYS: '90',
    RUN_ATTEMPT: runAttempt,
    RUN_ID: runId,
    RUN_NUMBER: '3',
    SERVER_URL: 'https://github.com',
    SHA: sha,
    TRIGGERING_ACTOR: actor,
    WORKFLOW: 'Release',
    WORKFLOW_REF: workflow,
    WORKFLOW_SHA: sha,
  };
  return Object.fromEntries(Object.entries(facts).map(([name, text]) => [`GITHUB_${name}`, text]));
}

function eventPayload({ ref, sha, repository, actor, event }: Facts): Record<string, unknown> {
  const [owner = '', name = ''] = repository.split('/');
  const push = { before: '0'.repeat(40), after: sha, created: true, deleted: false, forced: false };
  return {
    ref: event.name === 'push' || event.name === 'workflow_dispatch' ? ref : refName(ref),
    ...(event.name === 'push' ? push : {}),
    repository: {
      id: 1296269,
      name,
      full_name: repository,
      owner: { login: owner },
      default_branch: 'main',
    },
    sender: { login: actor, id: 583231 },
    ...event.payload,
  };
}

function refName(ref: string): string {
  return ref.replace(/^refs\/(heads|tags)\//, '');
}

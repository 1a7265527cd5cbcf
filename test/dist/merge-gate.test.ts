import { describe, expect, jest, test } from '@jest/globals';
import { startFakeGithub, type FakeGithub, type GithubAnswer } from '../support/fake-github';
import { runAction, type ActionRun, type RunResult } from '../support/runner';

// Each run is a process of its own.
jest.setTimeout(60_000);

const at = '/repos/octo-org/octo-repo';
const sha = 'ffac537e6cbbf934b08745a378932722df287a53';
const file = `${at}/contents/.github%2Fworkflows%2Frelease.yml?ref=${sha}`;
const runsOf = (ref: string) => `${at}/commits/${ref}/check-runs?per_page=100`;
const statusesOf = (ref: string) => `${at}/commits/${ref}/statuses?per_page=100`;
const workflowsOf = (ref: string) => `${at}/actions/runs?head_sha=${ref}&per_page=100`;

const graph = (condition = 'always()') =>
  ({ body: `jobs:\n  lint: {}\n  test: { needs: lint }\n  deploy: { needs: test, if: ${condition} }\n` });

interface Run {
  readonly id: number;
  readonly name: string;
  readonly status?: string;
  readonly conclusion?: string | null;
}
const checkRuns = (...runs: Run[]) => ({
  body: {
    total_count: runs.length,
    check_runs: runs.map((run) => ({
      status: 'completed',
      conclusion: 'success',
      started_at: '2026-11-23T10:00:00Z',
      html_url: `https://github.com/octo-org/octo-repo/runs/${run.id}`,
      app: { slug: 'github-actions' },
      check_suite: { id: 7 },
      ...run,
    })),
  },
});
const workflowRuns = { body: { total_count: 1, workflow_runs: [{ check_suite_id: 7, name: 'CI', path: 'ci.yml', event: 'push' }] } };

const quick = { interval: '1s', settle: '0s', timeout: '20s' };

/** Answers of a commit with these check runs and without statuses. */
const commit = (runs: GithubAnswer | readonly GithubAnswer[], ref = sha) => ({
  [file]: graph(),
  [runsOf(ref)]: runs,
  [statusesOf(ref)]: { body: [] },
  [workflowsOf(ref)]: workflowRuns,
});

async function gate(
  inputs: Readonly<Record<string, string>>,
  answers: Parameters<typeof startFakeGithub>[0],
  more: Partial<ActionRun> = {},
): Promise<RunResult & { requests: FakeGithub['requests'] }> {
  const github = await startFakeGithub(answers);
  try {
    const env = { GITHUB_API_URL: github.url };
    const run = { action: 'actions/merge-gate', workspace: '/', inputs, env, ref: 'refs/heads/main', ...more };
    return { ...(await runAction(run).done), requests: github.requests };
  } finally {
    github.close();
  }
}

const needs = (results: Readonly<Record<string, string>>) =>
  JSON.stringify(Object.fromEntries(Object.entries(results).map(([name, result]) => [name, { result, outputs: {} }])));

describe('over the jobs that it needs', () => {
  test('passes when all succeeded, and asks GitHub for the workflow file only', async () => {
    const { conclusion, outputs, requests } = await gate({ jobs: needs({ lint: 'success', test: 'success' }) }, { [file]: graph() });
    expect(conclusion).toBe('success');
    expect(outputs).toMatchObject({ result: 'success', success: 'true', failure: 'false', failed: '[]' });
    expect(requests.map(({ path }) => path)).toEqual([file]);
  });

  test('fails with names and reasons, and shows them', async () => {
    const jobs = needs({ lint: 'failure', test: 'skipped' });
    const { conclusion, outputs, summary } = await gate({ jobs, 'allowed-skips': 'test' }, { [file]: graph() });
    expect(conclusion).toBe('failure');
    expect(outputs).toMatchObject({ result: 'failure', failed: '["lint","test"]', skipped: '["test"]' });
    expect(summary).toContain('skipped because lint ended with failure');
  });

  test('lets the lists decide where the workflow file cannot be read, and says so', async () => {
    const jobs = needs({ lint: 'failure', test: 'skipped' });
    const inputs = { jobs, 'allowed-skips': 'test', 'allowed-failures': '["lint"]' };
    const { conclusion, summary } = await gate(inputs, { [file]: { status: 404 } });
    expect(conclusion).toBe('success');
    expect(summary).toContain('The workflow file could not be read');
  });

  test('refuses to be a job that is skipped when others fail', async () => {
    const { conclusion, log } = await gate({ jobs: needs({ test: 'success' }) }, { [file]: graph('success()') });
    expect(conclusion).toBe('failure');
    expect(log).toContain('Add to the job deploy: if: always()');
  });

  test('does not run what the outputs of jobs hold', async () => {
    const jobs = JSON.stringify({ 'a`|<b>': { result: 'failure', outputs: { x: '$(touch /tmp/shiplock-was-here)`id`' } } });
    const { summary, log } = await gate({ jobs }, { [file]: graph() });
    expect(summary).not.toContain('<b>');
    expect(log).not.toContain('shiplock-was-here');
  });

  test.each([
    ['{}', 'holds no job'],
    ['', 'is not given, and neither is required'],
    ['success', 'is not what `toJSON(needs)` gives'],
  ])('refuses jobs: %j', async (jobs, says) => {
    const { exitCode, log } = await gate({ jobs }, { [file]: graph() });
    expect(exitCode).toBe(3);
    expect(log).toContain(says);
  });
});

describe("over the commit's checks", () => {
  test('waits for what is not there yet, and leaves its own job out', async () => {
    const own = { id: 11, name: 'gate', status: 'in_progress', conclusion: null };
    const first = checkRuns({ id: 12, name: 'build', status: 'queued', conclusion: null }, own);
    const { conclusion, log, outputs } = await gate(
      { ...quick, required: 'build\ne2e*' },
      commit([first, checkRuns({ id: 12, name: 'build' }, own), checkRuns({ id: 12, name: 'build' }, { id: 13, name: 'e2e (1)' }, own)]),
      { checkRunId: '11' },
    );
    expect(log).toContain('waiting for build, e2e*');
    expect(conclusion).toBe('success');
    expect(JSON.parse(outputs['report'] ?? '')).toMatchObject({ findings: [{ name: 'build', origin: 'CI, push' }, { name: 'e2e (1)' }] });
  });

  test('finds its own job by the runner when GitHub does not say which check it is', async () => {
    const own = { id: 11, name: 'gate', status: 'in_progress', conclusion: null };
    const jobs = `${at}/actions/runs/1658821493/jobs?per_page=100`;
    const job = { status: 'in_progress', runner_name: 'GitHub Actions 2', check_run_url: `https://api.github.com${at}/check-runs/11` };
    const answers = { ...commit(checkRuns({ id: 12, name: 'build' }, own)), [jobs]: { body: { total_count: 1, jobs: [job] } } };
    const { conclusion } = await gate({ ...quick, required: 'build' }, answers);
    expect(conclusion).toBe('success');
  });

  test('gives up in time on what never comes, and names it', async () => {
    const { conclusion, outputs, summary } = await gate(
      { ...quick, timeout: '2s', required: 'build\nnever' },
      commit(checkRuns({ id: 12, name: 'build' })),
      { checkRunId: '11' },
    );
    expect(conclusion).toBe('failure');
    expect(outputs['missing']).toBe('["never"]');
    expect(summary).toContain('the time is over');
  });

  test('reads every page, and the statuses of others too', async () => {
    const page = { ...checkRuns({ id: 1, name: 'a' }), next: `${runsOf(sha)}&page=2` };
    const answers = {
      ...commit(page),
      [`${runsOf(sha)}&page=2`]: checkRuns({ id: 2, name: 'b', conclusion: 'timed_out' }),
      [statusesOf(sha)]: { body: [{ id: 3, context: 'deploy/preview', state: 'failure', created_at: '2026-11-23T10:00:00Z', target_url: null }] },
    };
    const { outputs } = await gate({ ...quick, required: 'a' }, answers, { checkRunId: '11' });
    expect(outputs['failed']).toBe('["b","deploy/preview"]');
  });

  test('asks again after an error of GitHub, and ends at once where waiting does not help', async () => {
    const build = checkRuns({ id: 12, name: 'build' });
    const again = await gate({ ...quick, required: 'build' }, commit([{ status: 502 }, { status: 'drop' }, build]), { checkRunId: '11' });
    expect(again.conclusion).toBe('success');
    expect(again.log).toContain('asking again');
    const denied = await gate({ ...quick, required: 'build' }, commit({ status: 403 }), { checkRunId: '11' });
    expect(denied.conclusion).toBe('failure');
    expect(denied.log).toContain('Give the job the permissions');
  });

  test('of a pull request are those of its head', async () => {
    const head = 'b'.repeat(40);
    const payload = { number: 7, pull_request: { head: { sha: head }, base: { ref: 'main' } } };
    const { conclusion, requests } = await gate(
      { ...quick, required: 'build' },
      commit(checkRuns({ id: 12, name: 'build' }), head),
      { checkRunId: '11', event: { name: 'pull_request', payload }, ref: 'refs/pull/7/merge' },
    );
    expect(conclusion).toBe('success');
    expect(requests.map(({ path }) => path)).toContain(runsOf(head));
  });

  test('on workflow_run the verdict is a status of the head commit', async () => {
    const head = 'c'.repeat(40);
    const answers = { ...commit(checkRuns({ id: 12, name: 'build', conclusion: 'failure' }), head), [`${at}/statuses/${head}`]: { body: {} } };
    const { conclusion, requests } = await gate({ ...quick, required: 'build' }, answers, {
      checkRunId: '11',
      event: { name: 'workflow_run', payload: { workflow_run: { head_sha: head } } },
    });
    expect(conclusion).toBe('failure');
    const told = requests.filter(({ method }) => method === 'POST').map(({ body }) => body);
    expect(told).toEqual([
      expect.objectContaining({ state: 'pending', context: 'merge-gate' }),
      expect.objectContaining({ state: 'failure', description: 'build' }),
    ]);
  });
});

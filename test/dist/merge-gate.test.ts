import { afterEach, beforeEach, describe, expect, jest, test } from '@jest/globals';
import { faults } from '../support/fake-github/faults';
import { startFakeGithub, type FakeGithub } from '../support/fake-github/server';
import { defaultRun, type WorkflowRun, type World } from '../support/fake-github/world';
import { runAction, type ActionRun, type RunHandle, type RunResult } from '../support/runner';

// Each run is a process of its own.
jest.setTimeout(60_000);

let github: FakeGithub;
let world: World;
beforeEach(async () => {
  github = await startFakeGithub();
  world = github.world;
  workflow();
});
afterEach(() => {
  github.close();
});

/** The workflow file whose job `deploy` is the gate. */
function workflow(condition = 'always()'): void {
  const jobs = `jobs:\n  lint: {}\n  test: { needs: lint }\n  deploy: { needs: test, if: ${condition} }\n`;
  world.file('.github/workflows/release.yml', jobs);
}

/** The run that the gate belongs to, with its own job. */
function ownRun(more: Partial<WorkflowRun> = {}): WorkflowRun {
  const run = world.run({ name: 'CI', id: defaultRun, status: 'in_progress', ...more });
  world.job(run, { id: 11, name: 'gate', status: 'in_progress', runner: 'GitHub Actions 2' });
  return run;
}

const quick = { interval: '1s', settle: '0s', timeout: '20s' };

function start(inputs: Readonly<Record<string, string>>, more: Partial<ActionRun> = {}): RunHandle {
  const env = { GITHUB_API_URL: github.url };
  const run = { action: 'actions/merge-gate', workspace: '/', inputs, env, ref: 'refs/heads/main' };
  return runAction({ ...run, checkRunId: '11', ...more });
}

const gate = (...run: Parameters<typeof start>): Promise<RunResult> => start(...run).done;
const asked = (): readonly string[] => github.requests.map(({ operation }) => operation);

const needs = (results: Readonly<Record<string, string>>) =>
  JSON.stringify(Object.fromEntries(Object.entries(results).map(([name, result]) => [name, { result, outputs: {} }])));

describe('over the jobs that it needs', () => {
  test('passes when all succeeded, and asks GitHub for the workflow file only', async () => {
    const { conclusion, outputs } = await gate({ jobs: needs({ lint: 'success', test: 'success' }) });
    expect(conclusion).toBe('success');
    expect(outputs).toMatchObject({ result: 'success', success: 'true', failure: 'false', failed: '[]' });
    expect(asked()).toEqual(['repos/get-content']);
  });

  test('fails with names and reasons, and shows them', async () => {
    const jobs = needs({ lint: 'failure', test: 'skipped' });
    const { conclusion, outputs, summary } = await gate({ jobs, 'allowed-skips': 'test' });
    expect(conclusion).toBe('failure');
    expect(outputs).toMatchObject({ result: 'failure', failed: '["lint","test"]', skipped: '["test"]' });
    expect(summary).toContain('skipped because lint ended with failure');
  });

  test('lets the lists decide where the workflow file cannot be read, and says so', async () => {
    world.permissions = { contents: 'none' };
    const jobs = needs({ lint: 'failure', test: 'skipped' });
    const { conclusion, summary } = await gate({ jobs, 'allowed-skips': 'test', 'allowed-failures': '["lint"]' });
    expect(conclusion).toBe('success');
    expect(summary).toContain('The workflow file could not be read');
  });

  test('refuses to be a job that is skipped when others fail', async () => {
    workflow('success()');
    const { conclusion, log } = await gate({ jobs: needs({ test: 'success' }) });
    expect(conclusion).toBe('failure');
    expect(log).toContain('Add to the job deploy: if: always()');
  });

  test('does not run what the outputs of jobs hold', async () => {
    const jobs = JSON.stringify({ 'a`|<b>': { result: 'failure', outputs: { x: '$(touch /tmp/shiplock-was-here)`id`' } } });
    const { summary, log } = await gate({ jobs });
    expect(summary).not.toContain('<b>');
    expect(log).not.toContain('shiplock-was-here');
  });

  test.each([
    ['{}', 'holds no job'],
    ['', 'is not given, and neither is required'],
    ['success', 'is not what `toJSON(needs)` gives'],
  ])('refuses jobs: %j', async (jobs, says) => {
    const { exitCode, log } = await gate({ jobs });
    expect(exitCode).toBe(3);
    expect(log).toContain(says);
  });
});

describe("over the commit's checks", () => {
  test('waits for what is not there yet, and leaves its own job out', async () => {
    const run = ownRun();
    const build = world.job(run, { name: 'build', status: 'queued' });
    const waiting = start({ ...quick, required: 'build\ne2e*' });
    await waiting.seen(/waiting for build, e2e\*/);
    Object.assign(build, { status: 'completed', conclusion: 'success' });
    world.job(run, { name: 'e2e (1)' });
    const { conclusion, outputs } = await waiting.done;
    expect(conclusion).toBe('success');
    const report = JSON.parse(outputs['report'] ?? '') as { findings: { name: string }[] };
    expect(report.findings).toMatchObject([{ name: 'e2e (1)', origin: 'CI, push' }, { name: 'build' }]);
  });

  test('finds its own job by the runner when GitHub does not say which check it is', async () => {
    world.job(ownRun(), { name: 'build' });
    const { conclusion } = await gate({ ...quick, required: 'build' }, { checkRunId: '' });
    expect(conclusion).toBe('success');
  });

  test('gives up in time on what never comes, and names it', async () => {
    world.job(ownRun(), { name: 'build' });
    const { conclusion, outputs, summary } = await gate({ ...quick, timeout: '2s', required: 'build\nnever' });
    expect(conclusion).toBe('failure');
    expect(outputs['missing']).toBe('["never"]');
    expect(summary).toContain('the time is over');
  });

  test('reads every page, and the statuses of others too', async () => {
    const run = ownRun();
    for (let index = 0; index < 120; index += 1) world.job(run, { name: `test (${index})` });
    Object.assign(world.checks[1] ?? {}, { conclusion: 'timed_out' });
    world.status({ context: 'deploy/preview', state: 'failure' });
    const { outputs } = await gate({ ...quick, required: 'test (119)' });
    expect(outputs['failed']).toBe('["test (0)","deploy/preview"]');
  });

  test('asks again after an error of GitHub, and ends at once where waiting does not help', async () => {
    world.job(ownRun(), { name: 'build' });
    for (const fault of [faults.badGateway, faults.drop])
      github.fail({ operation: 'checks/list-for-ref', times: 1, with: fault });
    const again = await gate({ ...quick, required: 'build' });
    expect(again.conclusion).toBe('success');
    expect(again.log).toContain('asking again');
    world.permissions = { checks: 'none' };
    const denied = await gate({ ...quick, required: 'build' });
    expect(denied.conclusion).toBe('failure');
    expect(denied.log).toContain('Give the job the permissions');
  });

  test('of a pull request are those of its head', async () => {
    const head = 'b'.repeat(40);
    world.job(ownRun({ sha: head, event: 'pull_request' }), { name: 'build' });
    const payload = { number: 7, pull_request: { head: { sha: head }, base: { ref: 'main' } } };
    const event = { name: 'pull_request', payload };
    const { conclusion } = await gate({ ...quick, required: 'build' }, { event, ref: 'refs/pull/7/merge' });
    expect(conclusion).toBe('success');
  });

  test('on workflow_run the verdict is a status of the head commit', async () => {
    const head = 'c'.repeat(40);
    world.job(world.run({ name: 'CI', sha: head }), { name: 'build', conclusion: 'failure' });
    const event = { name: 'workflow_run', payload: { workflow_run: { head_sha: head } } };
    const { conclusion } = await gate({ ...quick, required: 'build' }, { event });
    expect(conclusion).toBe('failure');
    expect(world.statuses).toMatchObject([
      { sha: head, state: 'pending', context: 'merge-gate' },
      { sha: head, state: 'failure', context: 'merge-gate', description: 'build' },
    ]);
  });
});

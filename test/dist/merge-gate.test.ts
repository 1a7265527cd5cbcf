import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, jest, test } from '@jest/globals';
import { faults, rateLimit, secondaryLimit } from '../support/fake-github/faults';
import { startFakeGithub, type FakeGithub } from '../support/fake-github/server';
import { defaultRun, type WorkflowRun, type World } from '../support/fake-github/world';
import { webhookEvent, without } from '../support/webhook-events';
import {
  runAction,
  type ActionRun,
  type RunHandle,
  type RunResult,
} from '../support/runner/runner';

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
  const jobs = `jobs:\n  lint: {}\n  docs: { if: github.event_name == 'schedule' }\n  test: { needs: lint }\n  deploy: { needs: test, if: ${condition} }\n`;
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
  return runAction({ ...run, checkRunId: '11', secrets: ['ghs_'.padEnd(40, 'x')], ...more });
}

const gate = (...run: Parameters<typeof start>): Promise<RunResult> => start(...run).done;
const asked = (): readonly string[] => github.requests.map(({ operation }) => operation);

const needs = (results: Readonly<Record<string, string>>) =>
  JSON.stringify(
    Object.fromEntries(
      Object.entries(results).map(([name, result]) => [name, { result, outputs: {} }]),
    ),
  );

describe('over the jobs that it needs', () => {
  test('passes when all succeeded, and asks GitHub for the workflow file only', async () => {
    const { conclusion, outputs } = await gate({
      jobs: needs({ lint: 'success', test: 'success' }),
    });
    expect(conclusion).toBe('success');
    expect(outputs).toMatchObject({
      result: 'success',
      success: 'true',
      failure: 'false',
      failed: '[]',
    });
    expect(asked()).toEqual(['repos/get-content']);
  });

  test('fails with names and reasons, and shows them', async () => {
    const jobs = needs({ lint: 'failure', test: 'skipped' });
    const { conclusion, outputs, summary } = await gate({ jobs, 'allowed-skips': 'test' });
    expect(conclusion).toBe('failure');
    expect(outputs).toMatchObject({
      result: 'failure',
      failed: '["lint","test"]',
      skipped: '["test"]',
    });
    expect(summary).toContain('because lint ended with failure');
  });

  test('takes skips as it is told', async () => {
    workflow();
    const [failed, byCondition] = await Promise.all([
      gate({
        jobs: needs({ lint: 'failure', test: 'skipped' }),
        'allowed-failures': 'lint',
        'allowed-skips': 'test',
        'strict-skips': 'false',
      }),
      gate({ jobs: needs({ lint: 'success', docs: 'skipped' }), 'skips-by-condition': 'pass' }),
    ]);
    expect([failed.conclusion, byCondition.conclusion]).toEqual(['success', 'success']);
    expect(byCondition.summary).toContain('by its condition: github.event&#95;name == ');
  });

  test('lets the lists decide where the workflow file cannot be read, and says so', async () => {
    world.permissions = { contents: 'none' };
    const jobs = needs({ lint: 'failure', test: 'skipped' });
    const { conclusion, summary } = await gate({
      jobs,
      'allowed-skips': 'test',
      'allowed-failures': '["lint"]',
    });
    expect(conclusion).toBe('success');
    expect(summary).toContain('The workflow file could not be read');
  });

  test('refuses to be a job that is skipped when others fail', async () => {
    workflow('success()');
    const { conclusion, log } = await gate({ jobs: needs({ test: 'success' }) });
    expect(conclusion).toBe('failure');
    expect(log).toContain('Write in the job deploy: if: always()');
  });

  test('warns of a gate that a cancelled run skips', async () => {
    workflow('"!cancelled()"');
    const { conclusion, annotations, summary } = await gate({ jobs: needs({ test: 'success' }) });
    expect(conclusion).toBe('success');
    expect(annotations).toContainEqual(expect.objectContaining({ level: 'warning' }));
    expect(summary).toContain('when the run is cancelled');
  });

  test('does not run what the outputs of jobs hold', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'shiplock-gate-'));
    const trace = join(folder, 'was-here');
    const command = `$(touch ${trace})\`touch ${trace}\`\n"; touch ${trace}; '\nEOF\ntouch ${trace}\n`;
    const jobs = JSON.stringify({ test: { result: 'success', outputs: { [command]: command } } });
    try {
      const { conclusion, log } = await gate({ jobs, 'allowed-skips': command });
      expect(conclusion).toBe('success');
      expect(existsSync(trace)).toBe(false);
      expect(log).toContain('allowed-skips names EOF, which this job does not need');
    } finally {
      rmSync(folder, { recursive: true });
    }
  });

  test('shows names as text, whatever they hold', async () => {
    const name = 'a`|<b>[x](y)\n::error::shown\n##[error]shown %0A @octocat #1';
    const jobs = JSON.stringify({ [name]: { result: 'failure', outputs: {} } });
    const { summary, log, outputs, annotations } = await gate({ jobs });
    expect(JSON.parse(outputs['failed'] ?? '')).toEqual([name]);
    expect(summary).not.toMatch(/<b>|\[x\]\(y\)|@octocat|\n::/);
    expect(log).not.toMatch(/^(::|##\[)error.*shown/m);
    expect(annotations.map(({ message }) => message).join()).not.toContain('shown');
  });

  test('reads what the runner can hand over at most, and does not even start with more', async () => {
    const text = (bytes: number) => {
      const job = { result: 'success', outputs: { text: 'x'.repeat(1000) } };
      const count = Math.floor(bytes / 1050);
      return JSON.stringify(
        Object.fromEntries(Array.from({ length: count }, (_, index) => [`job-${index}`, job])),
      );
    };
    const most = await gate({ jobs: text(120_000) });
    expect(most.conclusion).toBe('success');
    // Linux takes no environment variable of 128 KiB, and a runner hands inputs over in those.
    await expect((async () => gate({ jobs: text(2_000_000) }))()).rejects.toThrow('E2BIG');
    const short = JSON.stringify(
      Object.fromEntries(
        Object.keys(JSON.parse(text(2_000_000)) as object).map((name) => [name, 'success']),
      ),
    );
    expect((await gate({ jobs: short })).conclusion).toBe('success');
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
    expect(report.findings).toMatchObject([
      { name: 'e2e (1)', origin: 'CI, push' },
      { name: 'build' },
    ]);
  });

  test('finds its own job by the runner when GitHub does not say which check it is', async () => {
    world.job(ownRun(), { name: 'build' });
    const { conclusion } = await gate({ ...quick, required: 'build' }, { checkRunId: '' });
    expect(conclusion).toBe('success');
  });

  test('gives up in time on what never comes, and names it', async () => {
    world.job(ownRun(), { name: 'build' });
    const { conclusion, outputs, summary } = await gate({
      ...quick,
      timeout: '2s',
      required: 'build\nnever',
    });
    expect(conclusion).toBe('failure');
    expect(outputs['missing']).toBe('["never"]');
    expect(summary).toContain('The time is over');
  });

  test('reads every page, and the statuses of others too', async () => {
    const run = ownRun();
    for (let index = 0; index < 120; index += 1) world.job(run, { name: `test (${index})` });
    Object.assign(world.checks[1] ?? {}, { conclusion: 'timed_out' });
    world.status({ context: 'deploy/preview', state: 'failure' });
    const { outputs } = await gate({ ...quick, required: 'test (119)' });
    expect(outputs['failed']).toBe('["test (0)","deploy/preview"]');
  });

  test('asks again after an error of GitHub or a limit, and ends at once where waiting does not help', async () => {
    world.job(ownRun(), { name: 'build' });
    const troubles = [faults.badGateway, faults.drop, faults.html, rateLimit(2), secondaryLimit(1)];
    for (const fault of troubles)
      github.fail({ operation: 'checks/list-for-ref', times: 1, with: fault });
    const again = await gate({ ...quick, timeout: '60s', required: 'build' });
    expect(again.conclusion).toBe('success');
    expect(again.log.match(/asking again/g)).toHaveLength(troubles.length);
    world.permissions = { checks: 'none' };
    const denied = await gate({ ...quick, required: 'build' });
    expect(denied.conclusion).toBe('failure');
    expect(denied.log).toContain('the permission that this takes: checks: read');
  });

  test('needs no more permissions than its README says', async () => {
    world.permissions = {
      contents: 'read',
      actions: 'read',
      checks: 'read',
      statuses: 'read',
      metadata: 'none',
    };
    world.job(ownRun(), { name: 'build' });
    expect((await gate({ ...quick, required: 'build' })).conclusion).toBe('success');
  });

  test('names what will never end, and does not wait for it', async () => {
    const run = ownRun();
    world.job(run, { name: 'production', status: 'waiting' });
    world.run({ name: 'Broken', conclusion: 'startup_failure' });
    world.run({ name: 'Fork', conclusion: 'action_required' });
    world.check({ name: 'lint', app: 'robot', conclusion: 'neutral' });
    for (const conclusion of ['cancelled', 'timed_out', 'skipped'])
      world.job(run, { name: conclusion, conclusion });
    const { log, outputs } = await gate({ ...quick, ref: 'main', 'allowed-skips': 'skipped' });
    for (const line of [
      '✗ production: waits for an approval',
      '✗ Broken: startup failure',
      '✗ Fork: action required',
      '✓ lint: neutral',
      '✗ cancelled: cancelled',
      '✗ timed_out: timed out',
      '✓ skipped: skipped (unexplained; it may be skipped)',
    ])
      expect(log).toContain(line);
    expect(outputs['skipped']).toBe('["skipped"]');
  });

  test('with those of its jobs judged by what `needs` says', async () => {
    const run = ownRun();
    world.job(run, { name: 'lint', conclusion: 'failure' });
    world.job(run, { name: 'test (ubuntu, 20)' });
    const inputs = {
      ...quick,
      jobs: needs({ lint: 'failure', test: 'success' }),
      required: 'test (ubuntu, 20)',
    };
    expect((await gate({ ...inputs, 'allowed-failures': 'lint' })).conclusion).toBe('success');
  });

  test.each(['pull_request', 'pull_request_target', 'merge_group'] as const)(
    'of %s are those of its head',
    async (name) => {
      const given = webhookEvent(name);
      const head = name === 'merge_group' ? given.sha : 'ec26c3e57ca3a959ca5aad62de7213c562f8c821';
      world.commit(given.sha);
      world.file('.github/workflows/release.yml', 'jobs: { deploy: { if: always() } }');
      world.job(ownRun({ sha: head, event: name }), { name: 'build' });
      const { conclusion, log } = await gate({ ...quick, required: 'build' }, given);
      expect(log).toContain(`Judging the checks of commit ${head}`);
      expect(conclusion).toBe('success');
    },
  );

  test('of an event that does not say which commit it is about are none', async () => {
    const { exitCode, log } = await gate(
      { ...quick, required: 'build' },
      without(webhookEvent('workflow_run'), 'workflow_run.head_sha'),
    );
    expect(exitCode).toBe(3);
    expect(log).toContain('workflow_run.head_sha: is not there');
    expect(asked()).toEqual(['repos/get-content']);
  });

  describe('on workflow_run', () => {
    const given = webhookEvent('workflow_run');
    const head = '5779607b49aab1200488439f02372c57b4f75444';

    test('the verdict is a status of the head commit, too', async () => {
      world.job(world.run({ name: 'CI', sha: head }), { name: 'build', conclusion: 'failure' });
      const { conclusion } = await gate({ ...quick, required: 'build' }, given);
      expect(conclusion).toBe('failure');
      world.job(world.run({ name: 'CI', sha: head }), { name: 'build' });
      expect((await gate({ ...quick, required: 'build' }, given)).conclusion).toBe('success');
      const status = { sha: head, context: 'merge-gate' };
      expect(world.statuses).toMatchObject([
        { ...status, state: 'pending' },
        { ...status, state: 'failure', description: '1 of 1: build' },
        { ...status, state: 'pending' },
        { ...status, state: 'success', description: 'all 1 passed' },
      ]);
    });

    test('no end leaves the status pending', async () => {
      const run = world.run({ name: 'CI', sha: head, status: 'in_progress' });
      world.job(run, { name: 'build', status: 'in_progress' });
      const cancelled = start({ ...quick, required: 'build' }, given);
      await cancelled.seen(/waiting for build/);
      cancelled.cancel();
      expect((await cancelled.done).conclusion).toBe('cancelled');
      world.permissions = { checks: 'none' };
      await gate({ ...quick, required: 'build' }, given);
      expect(world.statuses).toMatchObject([
        { state: 'pending' },
        { state: 'error', description: 'The run was cancelled' },
        { state: 'pending' },
        { state: 'error', description: expect.stringContaining('GitHub did not tell the checks') },
      ]);
    });
  });
});

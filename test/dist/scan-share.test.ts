import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { afterEach, beforeEach, describe, expect, jest, test } from '@jest/globals';
import { faults, slow } from '../support/fake-github/faults';
import { startFakeGithub, type FakeGithub } from '../support/fake-github/server';
import { defaultCommit } from '../support/fake-github/world';
import type { ActionRun } from '../support/runner/runner';
import { judge, provenTrivy, scanCheckout } from '../support/scan-run';
import { trivySample } from '../support/scan-samples';

// Each run is a process of its own.
jest.setTimeout(60_000);

let github: FakeGithub;
beforeEach(async () => {
  github = await startFakeGithub();
});
afterEach(() => {
  github.close();
});

const [head, base] = ['a'.repeat(40), 'b'.repeat(40)];
const clean = { ...trivySample, Results: [{ Target: 'shop (debian 13.1)', Class: 'os-pkgs' }] };

/** A run of a pull request's merge commit, in a job that checked nothing out. */
function ofPull(from = 'octo-org/octo-repo'): Partial<ActionRun> {
  github.world.commit(base);
  const payload = {
    number: 1,
    pull_request: {
      head: { sha: head, repo: { full_name: from } },
      base: { ref: 'main', sha: base },
    },
  };
  return { ref: 'refs/pull/1/merge', event: { name: 'pull_request', payload } };
}

async function run(
  inputs: Record<string, string>,
  more: Partial<ActionRun> = {},
  report: unknown = trivySample,
) {
  const workspace = scanCheckout({ 'trivy.json': report });
  return judge(
    workspace,
    {
      reports: provenTrivy,
      'upload-sarif': 'auto',
      'github-token': `ghs_${'1'.repeat(36)}`,
      ...inputs,
    },
    {
      ref: 'refs/heads/main',
      ...more,
      env: { GITHUB_API_URL: github.url, RUNNER_TEMP: workspace },
    },
  );
}

describe('alerts', () => {
  test('of a push are of its branch and commit, and what is sent is the file', async () => {
    const { outputs, log, summary } = await run({});
    const [analysis, ...more] = github.world.analyses;
    expect(more).toEqual([]);
    expect(analysis).toMatchObject({ ref: 'refs/heads/main', sha: defaultCommit });
    expect(analysis?.log).toEqual(JSON.parse(readFileSync(outputs['sarif'] ?? '', 'utf8')));
    expect(log).toContain(`SARIF for refs/heads/main at ${defaultCommit.slice(0, 7)}: taken`);
    expect(summary).not.toContain('Code scanning');
  });

  test('of a pull request are of its merge commit', async () => {
    await run({}, ofPull());
    expect(github.world.analyses).toMatchObject([{ ref: 'refs/pull/1/merge', sha: defaultCommit }]);
  });

  test('without findings are sent too: so GitHub learns that they are gone', async () => {
    const { exitCode } = await run({}, {}, clean);
    expect(exitCode).toBe(0);
    expect(github.world.analyses[0]?.log).toMatchObject({ runs: [{ results: [] }] });
  });

  test('of another commit than the one of the run are sent nowhere', async () => {
    const workspace = scanCheckout({ 'trivy.json': clean, 'a.txt': '' });
    const git = (...words: string[]) => execFileSync('git', ['-C', workspace, ...words]);
    git('init', '--quiet');
    git('add', 'a.txt');
    git('-c', 'user.name=t', '-c', 'user.email=t@t.invalid', 'commit', '--quiet', '-m', 'x');
    const inputs = { reports: provenTrivy, 'upload-sarif': 'auto' };
    const { exitCode, summary } = await judge(workspace, inputs, {
      ref: 'refs/heads/main',
      env: { GITHUB_API_URL: github.url },
    });
    expect(exitCode).toBe(0);
    expect(summary).toContain('which is not the commit of this run');
    expect(github.requests).toEqual([]);
  });

  test('of a report that was not read to its end leave GitHub as it is', async () => {
    const { exitCode, summary } = await run({}, {}, JSON.stringify(trivySample).slice(0, -20));
    expect(exitCode).toBe(2);
    expect(summary).toContain('a report could not be used');
    expect(github.requests).toEqual([]);
  });

  test('of a fork stay in the summary, without a request', async () => {
    const { exitCode, summary, annotations } = await run({}, ofPull('fork/octo-repo'), clean);
    expect([exitCode, annotations]).toEqual([0, []]);
    expect(summary).toContain('it comes from a fork');
    expect(github.world.analyses).toEqual([]);
  });

  const troubles = [
    [
      'no permission',
      () => (github.world.permissions = { security_events: 'read' }),
      'permission that this takes: security-events: write',
    ],
    [
      'no Code Security',
      () => github.fail({ operation: 'code-scanning/upload-sarif', with: faults.forbidden }),
      '(403)',
    ],
    [
      'not found',
      () => github.fail({ operation: 'code-scanning/upload-sarif', with: faults.notFound }),
      '(404)',
    ],
    [
      'a file that GitHub cannot read',
      () => (github.world.processing = { status: 'failed', errors: ['bad | <b>'] }),
      'bad &#124; &#60;b&#62;',
    ],
  ] as const;

  test.each(troubles)(
    'with %s: green by itself, and one clear line',
    async (_what, arrange, says) => {
      arrange();
      const { exitCode, outputs, summary } = await run({}, {}, clean);
      expect([outputs['verdict'], exitCode]).toEqual(['clean', 0]);
      expect(summary.match(/^> Code scanning gets no alerts of this run: .*$/gm)).toHaveLength(1);
      expect(summary).toContain(says);
    },
  );

  test('that are wanted and not taken: red, whatever the verdict', async () => {
    github.world.permissions = { security_events: 'none' };
    const { exitCode, outputs, annotations } = await run({ 'upload-sarif': 'true' }, {}, clean);
    expect([outputs['verdict'], exitCode]).toEqual(['clean', 2]);
    expect(annotations.map(({ message }) => message).join()).toContain('upload-sarif is true');
  });

  test('that take their time: asked again, then told', async () => {
    github.fail({ operation: 'code-scanning/get-sarif', times: 1, with: faults.badGateway });
    github.fail({ operation: 'code-scanning/upload-sarif', times: 1, with: slow(300) });
    const { exitCode, log } = await run({ 'upload-sarif': 'true' }, {}, clean);
    expect(exitCode).toBe(0);
    expect(log).toContain(': taken');
  });
});

describe('the comment of a pull request', () => {
  const marker = '<!-- shiplock scan-gate scan-gate -->';
  const texts = () =>
    github.world.comments.map(({ author, body }) => [author, body.split('\n')[0]]);

  test('is written once, and changed after that', async () => {
    const self = github.world.login;
    github.world.comment('somebody', 'hello');
    await run({ comment: 'true' }, ofPull());
    expect(texts()).toEqual([
      ['somebody', 'hello'],
      [self, marker],
    ]);
    expect(github.world.comments[1]?.body).toContain('## Scan gate: ❌ findings');
    const again = await run({ comment: 'true' }, ofPull(), clean);
    expect(texts()).toHaveLength(2);
    expect(github.world.comments[1]?.body).toContain('## Scan gate: ✅ clean');
    expect(again.log).toContain('The comment of the pull request is changed');
  });

  test("is never a stranger's, whatever that one has written", async () => {
    github.world.comment('mallory', `${marker}\nmine`);
    github.world.comment(null, `${marker}\ngone`);
    for (let index = 0; index < 120; index += 1) github.world.comment('somebody', `${index}`);
    await run({ comment: 'true' }, ofPull());
    await run({ comment: 'true' }, ofPull());
    expect(github.world.comments.map(({ body }) => body).slice(0, 2)).toEqual([
      `${marker}\nmine`,
      `${marker}\ngone`,
    ]);
    expect(github.world.comments).toHaveLength(123);
  });

  test('is one for each category', async () => {
    await run({ comment: 'true', category: 'web --> x' }, ofPull());
    await run({ comment: 'true', category: 'api' }, ofPull());
    expect(texts().map(([, first]) => first)).toEqual([
      '<!-- shiplock scan-gate web%20--%3E%20x -->',
      '<!-- shiplock scan-gate api -->',
    ]);
  });

  test('that may not be written is a note, and no reason to fail', async () => {
    github.world.permissions = { pull_requests: 'read' };
    const { exitCode, summary } = await run({ comment: 'true' }, ofPull(), clean);
    expect(exitCode).toBe(0);
    expect(summary).toContain('There is no comment in the pull request');
    expect(github.world.comments).toEqual([]);
  });

  test('belongs to pull requests', async () => {
    const { exitCode } = await run({ comment: 'true' }, {}, clean);
    expect(exitCode).toBe(0);
    expect(github.requests.map(({ operation }) => operation)).not.toContain(
      'issues/create-comment',
    );
  });

  test('fits, whatever was found, and nothing in it acts', async () => {
    const hostile = '</details> @octocat #1 | ![i](https://evil.test) ::error::x --> '.repeat(4);
    const [first] = trivySample.Results;
    const entry = first?.Vulnerabilities?.[0];
    const many = [...Array(3000).keys()].map((index) => ({
      ...entry,
      VulnerabilityID: `CVE-${index} ${hostile}`,
      PkgName: hostile,
      FixedVersion: hostile,
      Title: hostile,
    }));
    await run({ comment: 'true' }, ofPull(), {
      ...trivySample,
      Results: [{ ...first, Vulnerabilities: many }],
    });
    const [comment] = github.world.comments;
    expect(Buffer.byteLength(comment?.body ?? '')).toBeLessThanOrEqual(65_536);
    expect(comment?.body).toContain('❌ findings');
    expect(comment?.body.replaceAll(/`[^`\n]*`|<code>.*?<\/code>/g, '')).not.toMatch(
      /@octocat|\]\(https:\/\/evil|::error|#1\b/,
    );
  });
});

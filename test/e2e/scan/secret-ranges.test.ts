import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { startFakeGithub, type FakeGithub } from '../../support/fake-github/server';
import { commit, git, makeRepository } from '../../support/git-repository';
import type { ActionRun } from '../../support/runner/runner';
import { freshFolder, makeKey, scanSecrets } from '../../support/secret-scan';

const none = '0'.repeat(40);
const keys = new Map<string, string>();
/** A file with a key of its own. */
const leak = (name: string): Record<string, string> => {
  const key = makeKey();
  keys.set(name, key);
  return { [name]: `# settings\ntoken = "${key}"\n` };
};
const both = (...places: string[]): string[] =>
  ['TruffleHog', 'gitleaks'].flatMap((tool) => places.map((place) => `${tool} ${place}:2`)).sort();

const server = freshFolder();
let github: FakeGithub;
afterAll(() => github.close());
let [root, old, base, pushed, side, feature, evil, merged] = Array<string>(8).fill('') as [
  string,
  string,
  string,
  string,
  string,
  string,
  string,
  string,
];
let many = '';

beforeAll(async () => {
  github = await startFakeGithub();
  makeRepository(server);
  root = commit(server, leak('root.env'));
  old = commit(server, { 'a.txt': 'one\n' });
  git(server, 'branch', 'start');
  // A branch that begins early, and is merged late: its commits are older than the base of the pull request.
  git(server, 'checkout', '--quiet', '-b', 'side');
  side = commit(server, leak('side.env'));
  git(server, 'checkout', '--quiet', 'main');
  commit(server, leak('main.env'));
  base = commit(server, { 'b.txt': 'one\n' });
  git(server, 'tag', 'v1');
  github.world.commit(base);
  git(server, 'checkout', '--quiet', '-b', 'feature', old);
  commit(server, leak('feature.env'));
  git(server, 'merge', '--quiet', '--no-edit', 'main');
  feature = commit(server, { 'c.txt': 'one\n' });
  git(server, 'merge', '--quiet', '--no-edit', 'side');
  merged = git(server, 'rev-parse', 'HEAD');
  git(
    server,
    'merge',
    '--quiet',
    '--no-commit',
    '--no-ff',
    git(server, 'commit-tree', '-m', 'x', '-p', side, `${side}^{tree}`),
  );
  evil = commit(server, leak('evil.env'));
  git(server, 'checkout', '--quiet', '-b', 'many', base);
  commit(server, leak('first.env'));
  for (let at = 0; at < 299; at += 1)
    git(server, 'commit', '--quiet', '--allow-empty', '-m', String(at));
  many = git(server, 'rev-parse', 'HEAD');
  git(server, 'checkout', '--quiet', 'main');
  pushed = commit(server, leak('pushed.env'));
});

function clone(...words: string[]): string {
  const checkout = freshFolder();
  git(server, 'clone', '--quiet', ...words, `file://${server}`, checkout);
  return checkout;
}

const run = (checkout: string, more: Partial<ActionRun> = {}) =>
  scanSecrets(checkout, {
    secrets: [...keys.values()],
    env: { GITHUB_API_URL: github.url },
    ...more,
  });

const repository = {
  name: 'octo-repo',
  html_url: 'https://github.com/octo-org/octo-repo',
  default_branch: 'main',
};
const push = (before: string, after: string, ref = 'refs/heads/main'): Partial<ActionRun> => ({
  event: { name: 'push', payload: { before, after, repository } },
  sha: after,
  ref,
});
const pull = (from: string, to: string, name = 'pull_request'): Partial<ActionRun> => ({
  event: {
    name,
    payload: { pull_request: { base: { ref: 'main', sha: from }, head: { sha: to } } },
  },
  ref: 'refs/pull/1/merge',
});

/** What was found, in which verdict. */
const expectFound = async (running: ReturnType<typeof run>, ...places: string[]): Promise<void> => {
  const { found, verdict, log } = await running;
  if (verdict !== (places.length > 0 ? 'findings' : 'clean')) throw new Error(log);
  expect(found).toEqual(both(...places));
};

describe('what a push brought, by both tools', () => {
  test('and nothing else, from a clone of one commit', async () => {
    await expectFound(run(clone('--depth=1'), push(base, pushed)), 'pushed.env');
  });

  test('nothing new: clean, and it says so', async () => {
    const running = run(clone(), push(pushed, pushed));
    await expectFound(running);
    expect((await running).log).toContain('there is nothing new');
  });

  test('a forced push, of which the commit before is in no branch any more', async () => {
    const forced = push(evil, pushed);
    await expectFound(run(clone('--single-branch'), forced), 'pushed.env');
  });

  test('a forced push, of which the commit before is nowhere any more', async () => {
    const forced = push('a'.repeat(40), many, 'refs/heads/many');
    await expectFound(run(clone('--depth=1', '--branch=many'), forced), 'first.env');
  });

  test('a new branch: what the default branch has not', async () => {
    const created = push(none, many, 'refs/heads/many');
    await expectFound(run(clone('--branch=many'), created), 'first.env');
  });

  test('the first push of all, and its root', async () => {
    await expectFound(run(clone('--branch=start'), push(none, old)), 'root.env');
  });

  test('a tag: all that leads to it', async () => {
    const tagged = push(none, base, 'refs/tags/v1.0.0');
    await expectFound(run(clone('--depth=1', '--branch=v1'), tagged), 'main.env', 'root.env');
  });

  test('a branch that was deleted: nothing', async () => {
    await expectFound(run(clone(), push(pushed, none)));
  });
});

describe('what a pull request brings, by both tools', () => {
  const all = ['feature.env', 'side.env'];

  test('with a branch in it that is older than its base, and without what it merged from there', async () => {
    await expectFound(run(clone(), pull(base, merged)), ...all);
  });

  test('from a clone of one commit', async () => {
    await expectFound(run(clone('--depth=1'), pull(base, merged)), ...all);
  });

  test('with a merge that adds a key of its own', async () => {
    await expectFound(run(clone(), pull(base, evil)), 'evil.env', ...all);
  });

  test('of 300 commits, with the key in the first one', async () => {
    await expectFound(run(clone('--depth=50'), pull(base, many)), 'first.env');
  });

  test('that runs in its base, which is checked out', async () => {
    const target = pull(base, feature, 'pull_request_target');
    await expectFound(
      run(clone('--depth=1'), { ...target, sha: base, ref: 'refs/heads/main' }),
      'feature.env',
    );
  });

  test('in a merge group', async () => {
    const payload = { merge_group: { base_sha: base, head_sha: pushed } };
    const group = {
      event: { name: 'merge_group', payload },
      sha: pushed,
      ref: 'refs/heads/gh-readonly-queue/main/pr-1',
    };
    await expectFound(run(clone('--depth=1'), group), 'pushed.env');
  });
});

test.each(['schedule', 'workflow_dispatch', 'release'])(
  '%s: all history, renamed files too',
  async (name) => {
    const event = { event: { name }, sha: pushed, ref: 'refs/heads/main' };
    await expectFound(run(clone('--depth=1'), event), 'main.env', 'pushed.env', 'root.env');
  },
);

describe('the inputs', () => {
  test('name a range of their own', async () => {
    const inputs = { base: root, head: 'origin/feature' };
    await expectFound(
      run(clone(), { ...push(base, pushed), inputs }),
      'feature.env',
      'main.env',
      'side.env',
      'evil.env',
    );
  });

  test('name the same commit twice, as base: main does in a push to main: what was pushed counts', async () => {
    const inputs = { base: 'main', head: 'HEAD' };
    await expectFound(run(clone(), { ...push(base, pushed), inputs }), 'pushed.env');
  });

  test('name a commit that there is not: nobody knows whether this is clean', async () => {
    for (const inputs of [{ base: 'b'.repeat(40) }, { head: 'no-such-branch' }] as Record<
      string,
      string
    >[]) {
      const done = await run(clone(), { ...push(base, pushed), inputs });
      expect([done.verdict, done.exitCode]).toEqual(['scanner-error', 2]);
      expect(done.log).toContain('there is no commit');
      expect(done.log).toContain('fetch-depth: 0');
    }
  });

  test('name a folder of the checkout: its files, as they are', async () => {
    const checkout = clone('--branch=start');
    const path = join(checkout, 'part');
    commit(checkout, {
      'part/plain.txt': 'nothing\n',
      ...Object.fromEntries(
        Object.entries(leak('part.env')).map(([name, text]) => [`part/${name}`, text]),
      ),
    });
    const done = await run(checkout, { inputs: { path } });
    expect(done.found.map((one) => one.replace(/:.*/, ''))).toEqual([
      'TruffleHog part.env',
      'gitleaks part.env',
    ]);
    expect(done.log).toContain('over the files in');
  });
});

test('a shallow clone whose origin is gone: nobody knows whether this is clean', async () => {
  const checkout = clone('--depth=1');
  git(checkout, 'remote', 'set-url', 'origin', `file://${freshFolder()}`);
  const done = await run(checkout, {
    event: { name: 'schedule' },
    sha: pushed,
    ref: 'refs/heads/main',
  });
  expect([done.verdict, done.exitCode]).toEqual(['scanner-error', 2]);
  expect(done.log).toContain('fetch-depth: 0');
});

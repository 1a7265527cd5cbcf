import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, jest, test } from '@jest/globals';
import { faults } from '../support/fake-github/faults';
import { startFakeGithub, type FakeGithub } from '../support/fake-github/server';
import { runAction, type ActionRun } from '../support/runner/runner';

// Each run is a process of its own.
jest.setTimeout(60_000);

const empty = mkdtempSync(join(tmpdir(), 'shiplock-tags-'));
const folders = [empty];
afterAll(() => {
  for (const folder of folders) rmSync(folder, { recursive: true });
});

const semver =
  'type=semver,pattern={{version}}\ntype=semver,pattern={{major}}.{{minor}}\ntype=semver,pattern={{major}}';

function git(folder: string, ...words: string[]): string {
  const identity = ['-c', 'user.name=octocat', '-c', 'user.email=octocat@github.com'];
  return execFileSync('git', [...identity, '-C', folder, ...words], { encoding: 'utf8' }).trim();
}

/** A clone with one commit and these tags on it. */
function clone(...tags: string[]): string {
  const folder = mkdtempSync(join(tmpdir(), 'shiplock-tags-'));
  folders.push(folder);
  git(folder, 'init', '--quiet', '--initial-branch=main');
  git(folder, 'commit', '--quiet', '--allow-empty', '--message=first');
  for (const tag of tags) git(folder, 'tag', tag);
  return folder;
}

const repository = {
  name: 'octo-repo',
  description: 'A <b>repository</b>',
  html_url: 'https://github.com/octo-org/octo-repo',
  default_branch: 'main',
  license: { spdx_id: 'MIT' },
};

/** The payload knows the repository, so that nobody has to be asked. */
const tagsOf = (more: Partial<ActionRun>) =>
  runAction({
    action: 'actions/image-tags',
    workspace: empty,
    event: { name: 'push', payload: { repository } },
    ...more,
  }).done;

async function withGithub<T>(act: (github: FakeGithub) => Promise<T>): Promise<T> {
  const github = await startFakeGithub();
  try {
    return await act(github);
  } finally {
    github.close();
  }
}

describe('from the event alone', () => {
  test('a branch gives outputs, the same as variables, a summary with every rule, and no question to anybody', async () => {
    const { outputs, env, summary, conclusion } = await tagsOf({
      ref: 'refs/heads/feat/x',
      event: { name: 'push', payload: { repository } },
      inputs: {
        images: 'Octo/App\nghcr.io/octo/app',
        tags: 'type=ref,event=branch\ntype=sha\ntype=edge',
      },
      env: {
        GITHUB_API_URL: 'http://127.0.0.1:9',
        DOCKER_METADATA_ANNOTATIONS_LEVELS: 'manifest,index',
      },
    });
    expect(conclusion).toBe('success');
    const tags =
      'octo/app:feat-x\nocto/app:sha-ffac537\nghcr.io/octo/app:feat-x\nghcr.io/octo/app:sha-ffac537';
    expect(outputs).toMatchObject({ version: 'feat-x', tags, 'tag-names': 'feat-x\nsha-ffac537' });
    expect(outputs['labels']).toContain('org.opencontainers.image.licenses=MIT');
    expect(outputs['annotations']).toContain('index:org.opencontainers.image.title=octo-repo');
    const json = JSON.parse(outputs['json'] ?? '') as { labels: Record<string, string> };
    expect(json.labels['org.opencontainers.image.description']).toBe('A <b>repository</b>');
    expect(env).toMatchObject({
      DOCKER_METADATA_OUTPUT_VERSION: 'feat-x',
      DOCKER_METADATA_OUTPUT_TAGS: tags,
      DOCKER_METADATA_OUTPUT_BAKE_FILE: outputs['bake-file'],
    });
    expect(summary).toContain('| `type=edge` | the branch is feat/x, not main |');
  });

  test('variables are left alone when it is so wanted, and separators are kept as they are', async () => {
    const { outputs, env } = await tagsOf({
      ref: 'refs/heads/main',
      event: { name: 'push', payload: { repository } },
      inputs: { tags: 'a\nb', 'sep-tags': ' ' },
      env: { DOCKER_METADATA_SET_OUTPUT_ENV: 'false', GITHUB_API_URL: 'http://127.0.0.1:9' },
    });
    expect(outputs['tags']).toBe('a b');
    expect(Object.keys(env).filter((name) => name.startsWith('DOCKER_'))).toEqual([]);
  });

  test('the settings of docker/metadata-action by environment hold, and so do separators and the bake target', async () => {
    const { outputs } = await tagsOf({
      ref: 'refs/tags/v1.2.3',
      event: { name: 'push', payload: { repository, base_ref: 'refs/heads/main' } },
      inputs: {
        images: 'name=A/B\nname=c/d,enable=false',
        tags: 'type=sha\ntype=raw,value={{sha}}-{{base_ref}}',
        labels: 'org.opencontainers.image.title=Mine',
        annotations: 'own=1',
        'sep-tags': ',',
        'sep-labels': ';',
        'sep-annotations': '|',
        'bake-target': 'app',
      },
      env: {
        GITHUB_API_URL: 'http://127.0.0.1:9',
        DOCKER_METADATA_SHORT_SHA_LENGTH: '12',
        DOCKER_METADATA_ANNOTATIONS_LEVELS: 'index,manifest-descriptor',
        DOCKER_METADATA_SET_OUTPUT_ENV: 'false',
      },
    });
    expect(outputs['tags']).toBe('a/b:ffac537e6cbb-main,a/b:sha-ffac537e6cbb');
    expect(outputs['labels']).toMatch(/;org\.opencontainers\.image\.title=Mine;/);
    const annotations = (outputs['annotations'] ?? '').split('|');
    expect(annotations).toHaveLength(18);
    expect(annotations).toEqual(
      expect.arrayContaining(['index:own=1', 'manifest-descriptor:own=1']),
    );
    const json = JSON.parse(outputs['json'] ?? '') as { annotations: readonly string[] };
    expect(json.annotations).toEqual(annotations);
    expect(outputs['bake-file']).toMatch(/\.json$/);
  });

  test.each(['many', '0', '-3', '7.5'])(
    'a short commit of %s characters is refused',
    async (length) => {
      const env = { DOCKER_METADATA_SHORT_SHA_LENGTH: length };
      const { log, exitCode } = await tagsOf({
        ref: 'refs/heads/main',
        env,
        inputs: { tags: 'type=sha' },
      });
      expect(exitCode).toBe(3);
      expect(log).toContain(
        `DOCKER_METADATA_SHORT_SHA_LENGTH: "${length}" is no number of characters`,
      );
    },
  );

  test("a pull request's own commit counts when it is so wanted", async () => {
    const payload = {
      repository,
      number: 7,
      pull_request: { head: { sha: 'a'.repeat(40) }, base: { ref: 'main' } },
    };
    const run = { ref: 'refs/pull/7/merge', event: { name: 'pull_request', payload } };
    const inputs = { tags: 'type=sha,prefix=\ntype=raw,value={{base_ref}}' };
    const [merged, head, byEnv, target] = await Promise.all([
      tagsOf({ ...run, inputs }),
      tagsOf({ ...run, inputs: { ...inputs, 'pr-head-sha': 'true' } }),
      tagsOf({ ...run, inputs, env: { DOCKER_METADATA_PR_HEAD_SHA: 'true' } }),
      tagsOf({ ref: 'refs/heads/main', event: { name: 'pull_request_target', payload } }),
    ]);
    expect(merged.outputs['tags']).toBe('main\nffac537');
    expect(head.outputs['tags']).toBe('main\naaaaaaa');
    expect(byEnv.outputs['tags']).toBe('main\naaaaaaa');
    expect(target.outputs['tags']).toBe('pr-7');
  });
});

describe('the highest version', () => {
  const pushed = { ref: 'refs/tags/v1.2.3', event: { name: 'push', payload: { repository } } };

  test('is known from a complete clone', async () => {
    const workspace = clone('v1.2.3', 'v1.3.0');
    const env = { GITHUB_API_URL: 'http://127.0.0.1:9' };
    const { outputs, log } = await tagsOf({ ...pushed, workspace, env, inputs: { tags: semver } });
    expect(outputs['tags']).toBe('1.2.3\n1.2');
    expect(log).toContain('2 tags, from the clone');
    expect(log).toContain('1 stays where it is: v1.3.0 is higher than v1.2.3');
    expect(JSON.parse(outputs['explanation'] ?? '')).toContainEqual({
      rule: 'latest',
      line: 0,
      tag: null,
      why: 'it stays where it is: v1.3.0 is higher than v1.2.3',
    });
  });

  test('is asked of GitHub when the clone is shallow', async () => {
    const source = clone('v1.2.3');
    const workspace = mkdtempSync(join(tmpdir(), 'shiplock-tags-'));
    folders.push(workspace);
    execFileSync('git', ['clone', '--quiet', '--depth=1', `file://${source}`, workspace]);
    await withGithub(async ({ url, requests, world }) => {
      world.tag('v1.2.3', 'v1.2.4');
      const inputs = { tags: semver, 'github-token': 'ghs_0123456789012345678901234567890123456' };
      const { outputs } = await tagsOf({
        ...pushed,
        workspace,
        inputs,
        env: { GITHUB_API_URL: url },
        secrets: [inputs['github-token']],
      });
      expect(outputs['tags']).toBe('1.2.3');
      const token = inputs['github-token'];
      expect(requests).toEqual([
        expect.objectContaining({ operation: 'git/list-matching-refs', token }),
      ]);
    });
  });

  test('that nobody can tell is an error that names the way out', async () => {
    await withGithub(async ({ url, fail }) => {
      fail({ with: faults.forbidden });
      const inputs = { tags: semver };
      const refused = await tagsOf({ ...pushed, inputs, env: { GITHUB_API_URL: url } });
      expect(refused.conclusion).toBe('failure');
      expect(refused.outputs['tags']).toBeUndefined();
      expect(refused.log).toContain('there is no clone, and GitHub did not tell the tags');
      expect(refused.log).toContain('moving-tags: always');
      const always = await tagsOf({ ...pushed, inputs: { ...inputs, 'moving-tags': 'always' } });
      expect(always.outputs['tags']).toBe('1.2.3\n1.2\n1\nlatest');
    });
  });
});

describe('what the payload lacks', () => {
  test('is asked of GitHub: the default branch, the licence, the date of the commit', async () => {
    await withGithub(async ({ url }) => {
      const { outputs } = await tagsOf({
        ref: 'refs/heads/main',
        event: { name: 'schedule', payload: { repository: null } },
        inputs: { tags: "type=edge\ntype=schedule,pattern=n-{{commit_date 'YYYYMMDD'}}" },
        env: { GITHUB_API_URL: url },
      });
      expect(outputs['tags']).toBe('n-20200203\nedge');
      expect(outputs['labels']).toContain('licenses=MIT');
    });
  });

  test('is an error only for rules that speak of it', async () => {
    await withGithub(async ({ url, fail }) => {
      fail({ with: faults.forbidden });
      const run = {
        ref: 'refs/heads/main',
        event: { name: 'schedule', payload: { repository: null } },
        env: { GITHUB_API_URL: url },
      };
      const edge = await tagsOf({ ...run, inputs: { tags: 'type=edge' } });
      expect(edge.conclusion).toBe('failure');
      expect(edge.log).toContain('GitHub did not tell about the repository');
      const plain = await tagsOf({ ...run, inputs: { tags: 'type=schedule' } });
      expect(plain.outputs['tags']).toBe('nightly');
      expect(plain.log).toContain('Labels lack description and licence');
    });
  });
});

describe('context: git', () => {
  test('takes ref and commit from the checkout', async () => {
    const workspace = clone('v2.0.0');
    const inputs = { context: 'git', tags: 'type=ref,event=branch\ntype=sha,format=long,prefix=' };
    const { outputs } = await tagsOf({ workspace, inputs });
    expect(outputs['tags']).toBe(`main\n${git(workspace, 'rev-parse', 'HEAD')}`);
    git(workspace, 'checkout', '--quiet', '--detach', 'v2.0.0');
    git(workspace, 'branch', '--delete', '--force', 'main');
    const tagged = await tagsOf({ workspace, inputs: { context: 'git' } });
    expect(tagged.outputs['tags']).toBe('v2.0.0\nlatest');
  });

  test('without a name for the commit is refused', async () => {
    const workspace = clone();
    git(workspace, 'checkout', '--quiet', '--detach');
    git(workspace, 'branch', '--delete', '--force', 'main');
    const { log, exitCode } = await tagsOf({ workspace, inputs: { context: 'git' } });
    expect(exitCode).toBe(3);
    expect(log).toContain('has no name in the clone');
  });
});

describe('bad input', () => {
  test('of every kind is told at once, with its line', async () => {
    const { log, exitCode } = await tagsOf({
      ref: 'refs/heads/main',
      inputs: {
        images: 'name=a,size=1',
        tags: 'type=nope\ntype=sha,prefix={{',
        flavor: 'latest=soon',
      },
    });
    expect(exitCode).toBe(3);
    for (const text of [
      'input images (line 1): Unknown image attribute',
      'input tags (line 1): Unknown tag type attribute: nope',
      'input tags (line 2): Parse error',
      'input flavor (line 1): Invalid latest flavor entry',
    ])
      expect(log).toContain(text);
  });

  test('no tag is a warning, or an error when it is so wanted', async () => {
    const run = { ref: 'refs/heads/main', event: { name: 'push', payload: { repository } } };
    const inputs = { tags: 'type=ref,event=tag' };
    const warned = await tagsOf({ ...run, inputs });
    expect(warned.conclusion).toBe('success');
    expect(warned.annotations).toContainEqual(expect.objectContaining({ level: 'warning' }));
    expect(warned.outputs['tags']).toBe('');
    const failed = await tagsOf({ ...run, inputs: { ...inputs, 'fail-on-empty': 'true' } });
    expect(failed.conclusion).toBe('failure');
    expect(failed.log).toContain('type=ref,event=tag: refs/heads/main is no git tag');
  });

  test('a branch name with markup and commands stays text', async () => {
    const { outputs, summary, commands } = await tagsOf({
      ref: 'refs/heads/x`|<img>::warning::$(id)',
      event: { name: 'push', payload: { repository } },
    });
    expect(outputs['tags']).toBe('x-img-warning-id-');
    expect(summary).not.toContain('<img>');
    expect(commands.filter(({ command }) => command === 'warning')).toEqual([]);
  });
});

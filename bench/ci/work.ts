import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { makeTags } from '../../src/transactions/tags/make-tags';
import type { FakeGithub } from '../../test/support/fake-github/server';
import { runAction, type RunResult } from '../../test/support/runner/runner';
import { gitTag } from '../../test/support/tag-event';

const actions = process.env['SHIPLOCK_ACTIONS'] ?? 'actions';
const workspace = tmpdir();

async function succeed(run: Promise<RunResult>): Promise<RunResult> {
  const result = await run;
  if (result.conclusion !== 'success') throw new Error(result.log.slice(0, 2000));
  return result;
}

async function firstLine(run: Promise<RunResult>): Promise<number> {
  const { firstLineMs, log } = await succeed(run);
  if (firstLineMs === null) throw new Error(`There is no line: ${log}`);
  return firstLineMs;
}

/** Milliseconds from the start of image-tags, as built, to its first line. */
export function startImageTags(): Promise<number> {
  const payload = { repository: { name: 'a', html_url: 'b', default_branch: 'main' } };
  const event = { name: 'push', payload };
  const action = join(actions, 'image-tags');
  return firstLine(runAction({ action, workspace, event, ref: 'refs/heads/main' }).done);
}

/** Milliseconds from the start of merge-gate, as built, to its first line. */
export function startMergeGate(): Promise<number> {
  const inputs = { jobs: '{"test":{"result":"success","outputs":{}}}' };
  return firstLine(runAction({ action: join(actions, 'merge-gate'), workspace, inputs }).done);
}

const kinds: readonly ((n: number) => string)[] = [
  (n) => `type=semver,pattern={{version}},suffix=-v${n}`,
  (n) => `type=semver,pattern={{major}}.{{minor}},suffix=-m${n}`,
  (n) => `type=match,pattern=v(.*),group=1,suffix=-x${n}`,
  (n) => `type=raw,value=r${n}-{{sha}},enable={{is_not_default_branch}}`,
  (n) => `type=ref,event=tag,prefix=t${n}-`,
  (n) => `type=raw,value=n${n}-{{date 'YYYYMMDD'}}`,
  (n) => `type=edge,branch=b${n}`,
];

/**
 * Milliseconds for this many rules of all types, among 100 git tags. Inside this process: Linux passes no input of more than
 * 128 KiB to an action, which is about 3,000 rules.
 */
export async function judgeRules(count: number): Promise<number> {
  const rules = Array.from({ length: count }, (_, n) => kinds[n % kinds.length]?.(n) ?? '');
  const gitTags = Array.from({ length: 100 }, (_, n) => `v1.${n % 3}.${n}`);
  const request = {
    images: 'a/b',
    tags: rules.join('\n'),
    flavor: '',
    labels: '',
    annotations: '',
  };
  const settings = {
    annotationLevels: ['manifest'],
    bakeTarget: 'app',
    movingTags: 'highest',
    failOnEmpty: true,
  } as const;
  const started = performance.now();
  const known = (): Promise<readonly string[]> => Promise.resolve(gitTags);
  const tools = { warn: () => undefined, gitTags: known, imageTags: known };
  await makeTags({ ...request, ...settings }, gitTag('v1.2.98'), tools);
  return performance.now() - started;
}

const perRun = 50;

/** Milliseconds for merge-gate, as built, to judge this many checks of one commit, page by page, of a GitHub on loopback. */
export async function judgeChecks(github: FakeGithub, count: number): Promise<number> {
  const { world } = github;
  while (world.checks.length < count) {
    const run = world.run({ name: `Workflow ${world.runs.length}` });
    for (let n = 0; n < perRun; n += 1) world.job(run, { name: `Job ${n}` });
  }
  const inputs = { required: 'Job 7', settle: '0s', interval: '1s', timeout: '5m' };
  const env = { GITHUB_API_URL: github.url };
  const action = join(actions, 'merge-gate');
  const before = github.requests.length;
  const started = performance.now();
  const run = runAction({ action, workspace, inputs, env, checkRunId: '1' });
  await succeed(run.done);
  const took = performance.now() - started;
  const asked = github.requests.slice(before).filter(({ path }) => path.includes('/check-runs?'));
  if (asked.length < count / 100) throw new Error(`Only ${asked.length} pages of checks were read`);
  return took;
}

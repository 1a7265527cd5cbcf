import { copyFile, cp, mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { runWorkflow, type WorkflowResult } from '../../support/act';
import { openSite, type Site } from '../../support/release/site';
import { outputOf } from '../../support/run-command';

const repository = 'octo-org/octo-repo';
/** Folder of the actions and their bundles; another build's by the variable, as for the other suites. */
const build = dirname(process.env['SHIPLOCK_ACTIONS'] ?? 'actions');
const folder = '.github/workflows';

// As a team writes it: the version that the build is told is what the app answers.
const dockerfile = `FROM 127.0.0.1:5000/shiplock-dinghy/app:base
ARG VERSION
ENV APP_VERSION=$VERSION
`;

let site: Site;
/** What the app has beside its images. */
const uploads = '/srv/uploads';
const letter = `${uploads}/letter`;
/** What of this repository GitHub would fetch to run an action. */
let released: string;

beforeAll(async () => {
  site = await openSite({ name: 'release', versions: {} });
  const hosts = [`deploy@127.0.0.1:${site.server.sshPort}`];
  await site.configure({
    environments: { production: { hosts } },
    backup: [{ engine: 'files', path: [uploads] }],
  });
  const text = `install -d -o deploy ${uploads} && echo dear >${letter} && chown deploy ${letter}`;
  await site.server.exec(['sh', '-c', text]);
  await mkdir(join(site.workspace, folder), { recursive: true });
  for (const name of ['release.yml', 'backup.yml'])
    await copyFile(join('workflows-examples', name), join(site.workspace, folder, name));
  await writeFile(join(site.workspace, 'Dockerfile'), dockerfile);
  const compose = join(site.workspace, 'docker-compose.yml');
  const stack = await readFile(compose, 'utf8');
  await writeFile(compose, stack.replaceAll('shiplock-dinghy/app', repository));
  released = await mkdtemp(join(tmpdir(), 'shiplock-released-'));
  for (const part of ['actions', 'dist']) {
    await cp(join(build, part), join(released, part), { recursive: true });
  }
  await git('init', '--quiet', '--initial-branch', 'main');
  await git('remote', 'add', 'origin', `https://github.com/${repository}.git`);
  await commit('The app');
}, 600_000);

afterAll(async () => {
  await rm(released, { recursive: true, force: true });
  await site.close();
});

function git(...args: readonly string[]): Promise<string> {
  return outputOf(['git', '-C', site.workspace, ...args]);
}

async function commit(message: string): Promise<void> {
  const author = ['-c', 'user.name=Shiplock tests', '-c', 'user.email=tests@shiplock.invalid'];
  await git('add', '--all');
  await git(...author, 'commit', '--quiet', '--allow-empty', '--message', message);
}

async function start(
  event: string,
  payload: Readonly<Record<string, unknown>>,
  name = 'release.yml',
): Promise<WorkflowResult> {
  const fingerprint = ['ssh-keygen', '-lf', '/etc/ssh/ssh_host_ed25519_key.pub'];
  const knownHosts = await site.server.exec(fingerprint);
  return runWorkflow({
    checkout: site.workspace,
    workflow: join(folder, name),
    event,
    payload: { repository: { full_name: repository, default_branch: 'main' }, ...payload },
    secrets: { SSH_KEY: site.server.privateKey, GITHUB_TOKEN: 'ghs_'.padEnd(40, 'x') },
    vars: {
      KNOWN_HOSTS: knownHosts.stdout,
      REGISTRY: '127.0.0.1:5000',
      KEEPER_IMAGE: site.environment.keeperImage,
    },
    repositories: { 'shiplock/shiplock@v0': released },
  });
}

async function push(tag: string): Promise<WorkflowResult> {
  await commit(`Towards ${tag}`);
  await git('tag', tag);
  const after = await git('rev-parse', 'HEAD');
  return start('push', { ref: `refs/tags/${tag}`, after });
}

const succeeded = (...steps: readonly (readonly [job: string, step: string])[]) =>
  steps.map(([job, step]) => ({ job: `Release/${job}`, step, result: 'success' }));

/** Thrown with the whole log when the run is red, which says more than any comparison. */
function green(result: WorkflowResult): WorkflowResult {
  if (!result.succeeded) throw new Error(result.log);
  return result;
}

const checkout = 'actions/checkout@de0fac2e4500dabe0009e67214ff5f5447ce83dd';

describe('the example workflow', () => {
  test.each(['v1.0.0', 'v2.0.0'])('builds and deploys the pushed tag %s', async (tag) => {
    const result = green(await push(tag));
    expect(result.steps).toEqual(
      succeeded(
        ['Build', checkout],
        ['Build', 'Build and push the image'],
        ['Deploy', checkout],
        ['Deploy', 'shiplock/shiplock/actions/deploy@v0'],
      ),
    );
    expect(result.summaries).toHaveLength(1);
    expect(result.summaries[0]).toContain(tag);
    expect(await site.serving()).toBe(tag);
  });

  test('is red, with the server untouched, for a version that never was', async () => {
    const inputs = { version: 'v9.9.9' };
    const result = await start('workflow_dispatch', { ref: 'refs/heads/main', inputs });
    expect(result.succeeded).toBe(false);
    expect(result.summaries.join('\n')).toContain('1-v1.0.0');
    expect(await site.serving()).toBe('v2.0.0');
  });

  test('goes back to the release before on demand', async () => {
    const result = green(await start('workflow_dispatch', { ref: 'refs/heads/main', inputs: {} }));
    expect(result.steps).toEqual(
      succeeded(['Roll back', checkout], ['Roll back', 'shiplock/shiplock/actions/rollback@v0']),
    );
    expect(await site.serving()).toBe('v1.0.0');
  });

  test('goes to a release by its version', async () => {
    const inputs = { version: 'v2.0.0' };
    green(await start('workflow_dispatch', { ref: 'refs/heads/main', inputs }));
    expect(await site.serving()).toBe('v2.0.0');
  });
});

describe('the example workflow of backups', () => {
  const ref = 'refs/heads/main';
  const run = (event: string, more: object): Promise<WorkflowResult> =>
    start(event, { ref, ...more }, 'backup.yml');
  const restore = (id: string, confirm: string): Promise<WorkflowResult> => {
    const target = `files:${uploads}`;
    const inputs = { mode: 'restore', 'backup-id': id, target, confirm };
    return run('workflow_dispatch', { inputs });
  };
  let id: string;

  test('takes a backup at night', async () => {
    const result = green(await run('schedule', { schedule: '17 2 * * *' }));
    expect(result.steps).toEqual([
      { job: 'Backup/Backup', step: checkout, result: 'success' },
      { job: 'Backup/Backup', step: 'shiplock/shiplock/actions/backup@v0', result: 'success' },
    ]);
    const [summary = ''] = result.summaries;
    expect(summary).toContain('Backup proven: `dinghy` in `production`');
    id = /`(\d+-files-uploads)`/.exec(summary)?.[1] ?? '';
  });

  test('proves it again on Mondays', async () => {
    const result = green(await run('schedule', { schedule: '17 5 * * 1' }));
    expect(result.summaries.join('\n')).toContain('Backup proven again');
  });

  test('shows what there is when nothing is chosen: that of the releases, too', async () => {
    const result = green(await run('workflow_dispatch', { inputs: { mode: 'list' } }));
    expect(result.summaries.join('\n')).toContain(`\`${id}\``);
    expect(result.summaries.join('\n')).toContain('`1-files-uploads`');
  });

  test('puts one back once that is confirmed', async () => {
    await site.server.exec(['rm', letter]);
    const refused = await restore(id, 'yes');
    expect(refused.succeeded).toBe(false);
    expect(refused.summaries.join('\n')).toContain(`write confirm: files:${uploads} ${id}`);
    green(await restore(id, `files:${uploads} ${id}`));
    expect((await site.server.exec(['cat', letter])).stdout).toBe('dear\n');
  });
});

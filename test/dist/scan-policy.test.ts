import { describe, expect, jest, test } from '@jest/globals';
import { startFakeGithub, type FakeGithub } from '../support/fake-github/server';
import { judge, provenTrivy, scanCheckout } from '../support/scan-run';
import { trivySample } from '../support/scan-samples';

// Each run is a process of its own.
jest.setTimeout(60_000);

describe('ignores', () => {
  const ids = ['CVE-2026-1000', 'CVE-2026-2000', 'DS002', 'aws-access-key-id', 'AGPL-3.0'];
  const soon = new Date(Date.now() + 30 * 24 * 3600 * 1000).toISOString().slice(0, 10);

  test('of the policy and of Trivy let things through, with their reasons in the summary', async () => {
    const own = ids
      .slice(0, 3)
      .map((id) => `    - { id: ${id}, reason: 'not reached', expires: '${soon}' }`);
    const theirs = ids.slice(3).map((id) => `# known to the team\n${id} exp:${soon}`);
    const files = {
      'trivy.json': trivySample,
      'shiplock.yml': `scan:\n  ignores:\n${own.join('\n')}\n`,
      '.trivyignore': theirs.join('\n'),
    };
    const run = await judge(scanCheckout(files), { reports: provenTrivy });
    expect([run.outputs['verdict'], run.exitCode]).toEqual(['clean', 0]);
    expect(run.summary).toContain('known to the team (.trivyignore:2)');
    expect(run.summary).toContain('not reached (shiplock.yml:3)');
  });

  test('that expired let nothing through', async () => {
    const files = {
      'trivy.json': trivySample,
      '.trivyignore': ids.map((id) => `# x\n${id} exp:2020-01-01`).join('\n'),
    };
    const run = await judge(scanCheckout(files), { reports: provenTrivy });
    expect(run.outputs['verdict']).toBe('findings');
    expect(run.summary).toContain('Ignores that do not work any more (5)');
  });

  test('without a reason warn, and are refused where that is wanted', async () => {
    const files = { 'trivy.json': trivySample, '.trivyignore': ids.join('\n') };
    const [lenient, strict] = await Promise.all([
      judge(scanCheckout(files), { reports: provenTrivy }),
      judge(scanCheckout(files), { reports: provenTrivy, 'strict-ignores': 'true' }),
    ]);
    expect(lenient.outputs['verdict']).toBe('clean');
    expect(lenient.summary).toContain('.trivyignore:1: CVE-2026-1000 has no reason');
    expect([strict.outputs['verdict'], strict.exitCode]).toEqual(['refused', 3]);
  });
});

describe('the budgets of an image', () => {
  const image = (size: number, layers: number) => ({
    ...trivySample,
    Metadata: {
      ...trivySample.Metadata,
      Size: size,
      DiffIDs: [...Array(layers).keys()].map(
        (index) => `sha256:${String(index).padStart(64, '0')}`,
      ),
    },
    Results: [{ Target: 'shop (debian 13.1)', Class: 'os-pkgs' }],
  });
  const run = (report: unknown, inputs: Record<string, string>, policy = '{}') =>
    judge(scanCheckout({ 'trivy.json': report, 'shiplock.yml': `scan: ${policy}` }), {
      reports: provenTrivy,
      ...inputs,
    });

  test('that it keeps to are no word', async () => {
    const kept = await run(
      image(500_000_000, 40),
      { 'max-image-size': '500MB' },
      '{ max-image-layers: 40 }',
    );
    expect([kept.outputs['verdict'], kept.exitCode]).toEqual(['clean', 0]);
  });

  test('that it breaks fail, each as a finding; the input wins', async () => {
    const policy = '{ max-image-size: 1GB, max-image-layers: 39 }';
    const broken = await run(image(500_000_001, 40), { 'max-image-size': '500MB' }, policy);
    expect([broken.outputs['verdict'], broken.outputs['new']]).toEqual(['findings', '2']);
    expect(broken.log).toContain('The image takes 500.0 MB, over 500.0 MB (over its budget)');
    expect(broken.summary).toContain('`image-layers`');
  });

  test('of which no report tells are no pass', async () => {
    const { Metadata: metadata } = trivySample;
    const untold = await run({ ...image(1, 1), Metadata: metadata }, { 'max-image-size': '500MB' });
    expect([untold.outputs['verdict'], untold.exitCode]).toEqual(['scanner-error', 2]);
    expect(untold.log).toContain('no report tells how large an image is');
  });
});

describe('a pull request', () => {
  const sha = 'b'.repeat(40);
  const payload = {
    number: 1,
    pull_request: { head: { sha: 'a'.repeat(40) }, base: { ref: 'main', sha } },
  };
  const event = { ref: 'refs/pull/1/merge', event: { name: 'pull_request', payload } };

  async function withGithub(arrange: (github: FakeGithub) => void, files: Record<string, unknown>) {
    const github = await startFakeGithub();
    try {
      github.world.commit(sha);
      arrange(github);
      const inputs = { reports: provenTrivy, 'github-token': `ghs_${'1'.repeat(36)}` };
      const workspace = scanCheckout({ 'trivy.json': trivySample, ...files });
      return await judge(workspace, inputs, { ...event, env: { GITHUB_API_URL: github.url } });
    } finally {
      github.close();
    }
  }
  const nothing = (): void => undefined;

  test('has no say in its own policy, and its change of it is told', async () => {
    const lax = 'scan: { fail-on: none, warn-on: none, end-of-life: pass }';
    const run = await withGithub(nothing, {
      'shiplock.yml': lax,
      '.trivyignore': 'CVE-2026-1000',
    });
    expect(run.outputs['verdict']).toBe('findings');
    expect(run.summary).toContain('shiplock.yml is changed here');
    expect(run.summary).toContain('.trivyignore is changed here');
  });

  test('is judged by the policy of its base', async () => {
    const none = '{ vulnerability: none, misconfiguration: none, licence: none, secret: none }';
    const run = await withGithub(({ world }) => {
      world.file('shiplock.yml', `scan: { fail-on: ${none}, warn-on: none }`, sha);
    }, {});
    expect(run.outputs['verdict']).toBe('warnings');
  });

  test('whose base nobody may read is refused', async () => {
    const run = await withGithub(({ world }) => {
      world.permissions = { contents: 'none' };
    }, {});
    expect([run.outputs['verdict'], run.exitCode]).toEqual(['refused', 3]);
    expect(run.log).toContain('give the job contents: read');
  });
});

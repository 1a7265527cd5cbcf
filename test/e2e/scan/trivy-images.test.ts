import { execFileSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { startEnvironment } from '../../support/environment';
import { docker } from '../../support/run-command';
import { scanCheckout } from '../../support/scan-run';
import { debianRoot, lockFile, scan, standFolder, trivyCache } from '../../support/trivy-stand';

const repository = `127.0.0.1:5000/shiplock-scan/shop-${process.pid}`;
const image = `${repository}:1.4.2`;
const local = `shiplock-scan-local-${process.pid}:1`;
const inputs = { 'cache-dir': trivyCache(), scanners: 'vuln' };
const empty = scanCheckout({});
// Made anew in each run: no key is ever in the repository.
const key = `ghp_${randomBytes(36).toString('hex').slice(0, 36)}`;
let digest = '';
let archive = '';

/** An image of a few files, without a layer from anywhere. */
async function importImage(name: string, files: Readonly<Record<string, unknown>>): Promise<void> {
  const root = standFolder();
  for (const [path, content] of Object.entries(files)) {
    mkdirSync(dirname(join(root, path)), { recursive: true });
    writeFileSync(
      join(root, path),
      typeof content === 'string' ? content : JSON.stringify(content),
    );
  }
  const tar = join(standFolder(), 'root.tar');
  execFileSync('tar', ['-C', root, '-cf', tar, '.']);
  await docker(['import', '--platform', 'linux/amd64', tar, name]);
}

beforeAll(async () => {
  await startEnvironment();
  const files = {
    ...debianRoot('13.1'),
    'app/package-lock.json': lockFile['package-lock.json'],
    'app/node_modules/lodash/package.json': {
      name: 'lodash',
      version: '4.17.4',
      license: 'AGPL-3.0-only',
    },
    'app/token.env': `token = "${key}"\n`,
    'app/Dockerfile': 'FROM debian:latest\nUSER root\n',
  };
  await importImage(image, files);
  await docker(['push', '--quiet', image]);
  const pushed = await docker(['inspect', '--format', '{{index .RepoDigests 0}}', image]);
  digest = /sha256:[0-9a-f]{64}/.exec(pushed)?.[0] ?? '';
  await docker(['tag', image, local]);
  archive = join(standFolder(), 'shop.tar');
  await docker(['save', '--output', archive, local]);
});
afterAll(async () => {
  await docker(['rmi', '--force', image, local]);
});

const bothHoles = async (more: Record<string, string>) => {
  const run = await scan(empty, { ...inputs, ...more });
  expect([run.outputs['verdict'], run.outputs['new'], run.exitCode]).toEqual(['findings', '3', 1]);
  return run;
};

describe('an image is scanned, with packages of its system and of its language', () => {
  test('by digest, at its registry', async () => {
    const run = await bothHoles({ 'image-ref': `${repository}@${digest}` });
    expect(run.summary).toContain(`image ${repository}@${digest}`);
  });

  test('by a tag, which is resolved first, and the digest told', async () => {
    await docker(['rmi', image]);
    const run = await bothHoles({ 'image-ref': image });
    expect(run.summary).toContain(`image ${image} (${digest})`);
  });

  test('that the engine of this machine has, by its id', async () => {
    const id = (await docker(['inspect', '--format', '{{.Id}}', local])).trim();
    const run = await bothHoles({ 'image-ref': local });
    expect(run.summary).toContain(`image ${local} (local, ${id})`);
  });

  test('saved in a file', async () => {
    await bothHoles({ input: archive });
  });
});

test('licences, secrets and configuration in an image are found, each judged by its own level', async () => {
  const policy = 'scan:\n  licences: { deny: [AGPL-*] }\n';
  const workspace = scanCheckout({ 'policy.yml': policy });
  const run = await scan(
    workspace,
    {
      ...inputs,
      'image-ref': `${repository}@${digest}`,
      config: 'policy.yml',
      scanners: 'license,secret,misconfig',
    },
    { secrets: [key] },
  );
  expect([run.outputs['verdict'], run.exitCode]).toEqual(['findings', 1]);
  const { classes } = JSON.parse(run.outputs['counts'] ?? '') as { classes: object };
  expect(classes).toMatchObject({ vulnerability: 0, secret: 1 });
  for (const told of ['AGPL-3.0-only', 'github-pat', 'DS-0002'])
    expect(run.summary).toContain(told);
});

test('an image that is nowhere is no pass', async () => {
  const run = await scan(empty, { ...inputs, 'image-ref': `${repository}:9.9.9` });
  expect([run.outputs['verdict'], run.exitCode]).toEqual(['scanner-error', 2]);
  expect(run.log).toContain('neither here nor at its registry');
});

import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { startEnvironment } from '../../support/environment';
import { freePort } from '../../support/free-port';
import { captain, startLockedRegistry, type LockedRegistry } from '../../support/locked-registry';
import * as oci from '../../support/oci-image';
import { docker } from '../../support/run-command';
import { runAction, type ActionRun } from '../../support/runner/runner';

const action = join(process.env['SHIPLOCK_ACTIONS'] ?? 'actions', 'image-tags');
const login = `Basic ${Buffer.from(`${captain.username}:${captain.password}`).toString('base64')}`;
const password = { 'registry-username': captain.username, 'registry-password': captain.password };
const folder = mkdtempSync(join(tmpdir(), 'shiplock-promote-'));

/** Debian's registry as the environment has it, and one that is empty and wants a password. */
const open = '127.0.0.1:5000';
let locked = '';
let lockedRegistry: LockedRegistry;
let registryContainer = '';
/** Names that no other run has. */
const ours = `shiplock-promote-${process.pid}`;

beforeAll(async () => {
  const { parts } = await startEnvironment();
  ({ registryContainer } = parts);
  const port = await freePort();
  locked = `127.0.0.1:${port}`;
  lockedRegistry = await startLockedRegistry(parts, { emptyAt: port });
  for (let tries = 0; (await statusOf(`http://${locked}/v2/`)) !== 401; tries += 1) {
    if (tries > 100) throw new Error('the locked registry does not answer');
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
}, 600_000);

afterAll(async () => {
  await lockedRegistry.stop();
  const repositories = '/var/lib/registry/docker/registry/v2/repositories';
  await docker(['exec', registryContainer, 'rm', '-rf', `${repositories}/${ours}`]);
  rmSync(folder, { recursive: true });
});

const statusOf = (url: string): Promise<number> =>
  fetch(url).then(
    ({ status }) => status,
    () => 0,
  );

/** What a registry gives for a manifest to anybody who asks with the password. */
async function manifestAt(repository: string, reference: string) {
  const [, host = '', path = ''] = /^([^/]+)\/(.*)$/.exec(repository) ?? [];
  const accept = [
    oci.makeImage(),
    oci.makeIndex({}),
    ...['docker' as const].flatMap((kind) => [
      oci.makeImage({ kind }),
      oci.makeIndex({}, { kind }),
    ]),
  ];
  const headers = {
    accept: accept.map(({ mediaType }) => mediaType).join(', '),
    authorization: login,
  };
  const response = await fetch(`http://${host}/v2/${path}/manifests/${reference}`, { headers });
  if (response.status !== 200) return null;
  const bytes = Buffer.from(await response.arrayBuffer());
  return { bytes, digest: oci.sha256(bytes), mediaType: response.headers.get('content-type') };
}

const semver = 'type=semver,pattern={{version}}\ntype=semver,pattern={{major}}.{{minor}}';

/** A run for the tag v1.2.3, with no clone and no GitHub to ask. */
const run = (inputs: Readonly<Record<string, string>>, more: Partial<ActionRun> = {}) =>
  runAction({
    action,
    workspace: folder,
    event: {
      name: 'push',
      payload: {
        repository: {
          name: 'app',
          html_url: 'https://github.com/octo/app',
          default_branch: 'main',
        },
      },
    },
    inputs: { tags: semver, 'moving-tags': 'always', ...inputs },
    secrets: [captain.password, login.slice(6)],
    ...more,
    env: { GITHUB_API_URL: 'http://127.0.0.1:9', ...more.env },
  }).done;

const at = (repository: string): string => `http://${repository.replace('/', '/v2/')}`;

describe('within a repository', () => {
  const repository = `${open}/${ours}/single`;
  const image = oci.makeImage({ kind: 'docker', layers: ['one', 'two'] });
  const other = oci.makeImage({ layers: ['another'] });

  test('an image gets its tags byte for byte, once', async () => {
    await oci.push(at(repository), image);
    await oci.push(at(repository), other, { tag: 'latest' });
    const promote = `${repository}@${image.digest}`;
    const dry = await run({ promote, 'dry-run': 'true' });
    expect(dry).toMatchObject({ conclusion: 'success', outputs: { digest: image.digest } });
    expect(dry.log).toContain(
      `${repository}:latest: would be written, before it was ${other.digest}`,
    );
    expect(await manifestAt(repository, '1.2.3')).toBeNull();

    const first = await run({ promote });
    expect(first.conclusion).toBe('success');
    expect(first.outputs).toMatchObject({
      digest: image.digest,
      tags: ['1.2.3', '1.2', 'latest'].map((tag) => `${repository}:${tag}`).join('\n'),
    });
    expect(first.summary).toContain(`| \`${repository}:1.2\` | written | – |`);
    for (const tag of ['1.2.3', '1.2', 'latest'])
      expect(await manifestAt(repository, tag)).toEqual({
        bytes: image.bytes,
        digest: image.digest,
        mediaType: image.mediaType,
      });

    const again = await run({ promote });
    const explanation = JSON.parse(again.outputs['explanation'] ?? '') as object[];
    expect(explanation).toContainEqual({
      rule: 'promote',
      line: 0,
      tag: `${repository}:1.2.3`,
      why: 'it has this digest already',
    });
  });

  test('a version tag with another digest is refused, by promotion and before a build', async () => {
    const refused = await run({ promote: `${repository}@${other.digest}` });
    expect(refused.exitCode).toBe(3);
    expect(refused.log).toContain(
      `${repository}:1.2.3: is ${image.digest} already, and would become ${other.digest}. Fix: release a new version`,
    );
    const built = await run({ images: repository, immutable: 'true' });
    expect(built.exitCode).toBe(3);
    expect(built.log).toContain(`promote: ${repository}@${image.digest}`);
    expect((await manifestAt(repository, 'latest'))?.digest).toBe(image.digest);
    const next = await run({ images: repository, immutable: 'true' }, { ref: 'refs/tags/v1.2.4' });
    expect(next.log).toContain('not in the registry yet: 1.2.4');
  });

  test('versions that nobody else can tell are those of the registry', async () => {
    const inputs = { images: repository, 'moving-tags': 'highest', 'github-token': '' };
    const fix = await run(inputs, { ref: 'refs/tags/v1.1.9' });
    expect(fix.log).toContain(`3 tags, from ${repository}`);
    expect(fix.outputs['tags']).toBe(`${repository}:1.1.9\n${repository}:1.1`);
    const unknown = await run({ ...inputs, images: `${open}/${ours}/nothing` });
    expect(unknown.log).toContain(
      `there is no ${open}/${ours}/nothing, or this login may not see it`,
    );
    expect(unknown.log).toContain('moving-tags: always');
  });
});

describe('to another repository', () => {
  const amd64 = oci.makeImage({ layers: ['shared', 'amd64'] });
  const arm64 = oci.makeImage({ architecture: 'arm64', layers: ['shared', 'arm64'] });
  const statement = oci.blobOf(
    'application/vnd.in-toto+json',
    Buffer.from('{"_type":"statement"}'),
  );
  const attestation = oci.makeImage({ layers: [statement] });
  const index = oci.makeIndex({ amd64, arm64 }, { attested: [attestation] });
  const artifactType = 'application/vnd.dev.sigstore.bundle.v0.3+json';
  const signature = oci.makeImage({
    subject: index,
    artifactType,
    layers: [oci.blobOf(artifactType, Buffer.from('{"signed":true}'))],
  });
  const all = [amd64, arm64, attestation, index, signature];
  const source = `${open}/${ours}/tested`;

  beforeAll(async () => {
    await oci.push(at(source), index, { tag: 'candidate' });
    await oci.push(at(source), signature);
    // As cosign and others leave it where there is no referrers API.
    const list = oci.makeIndex({ signature });
    await oci.push(at(source), list, { tag: index.digest.replace(':', '-') });
  });

  async function isWhole(target: string): Promise<void> {
    for (const { digest, bytes } of all)
      expect((await manifestAt(target, digest))?.bytes).toEqual(bytes);
    const list = await manifestAt(target, index.digest.replace(':', '-'));
    const { manifests } = JSON.parse(String(list?.bytes)) as { manifests: object[] };
    expect(manifests).toEqual([{ ...oci.describe(signature), artifactType }]);
    for (const tag of ['1.2.3', '1.2'])
      expect((await manifestAt(target, tag))?.digest).toBe(index.digest);
  }

  test('of the same registry: an index with attestations and a signature, by mounts', async () => {
    const target = `${open}/${ours}/live`;
    const result = await run({ promote: `${source}:candidate`, images: target });
    expect(result.conclusion).toBe('success');
    expect(result.log).toMatch(
      /has it whole: 5 manifests written, [1-9]\d* blobs mounted, 0 copied/,
    );
    await isWhole(target);
  });

  test('of another registry behind a password, which nobody sees; a second run writes nothing', async () => {
    const target = `${locked}/live/app`;
    const inputs = { promote: `${source}@${index.digest}`, images: target, ...password };
    const result = await run(inputs);
    expect(result.conclusion).toBe('success');
    expect(result.log).toMatch(/5 manifests written, 0 blobs mounted, [1-9]\d* copied/);
    await isWhole(target);
    expect((await run(inputs)).log).toContain('0 manifests written, 0 blobs mounted, 0 copied');
  });

  test('with the media types of Docker', async () => {
    const [one, other] = ['amd64', 's390x'].map((architecture) =>
      oci.makeImage({ kind: 'docker', architecture, layers: [architecture] }),
    );
    const list = oci.makeIndex({ one: one ?? amd64, other: other ?? arm64 }, { kind: 'docker' });
    await oci.push(at(source), list, { tag: 'docker' });
    const target = `${locked}/live/docker`;
    const result = await run({ promote: `${source}:docker`, images: target, ...password });
    expect(result.conclusion).toBe('success');
    for (const { digest, bytes, mediaType } of [list, ...list.children])
      expect(await manifestAt(target, digest)).toEqual({ digest, bytes, mediaType });
    expect((await manifestAt(target, '1.2.3'))?.mediaType).toBe(list.mediaType);
  });

  test("with docker's own login, or a wrong one, or none", async () => {
    const target = `${locked}/${ours}/by-login`;
    const auth = login.slice(6);
    writeFileSync(join(folder, 'config.json'), JSON.stringify({ auths: { [locked]: { auth } } }));
    const inputs = { promote: `${source}:candidate`, images: target, tags: 'by-login' };
    const logged = await run(inputs, { env: { DOCKER_CONFIG: folder } });
    expect(logged.conclusion).toBe('success');
    expect((await manifestAt(target, 'by-login'))?.digest).toBe(index.digest);
    const wrong = await run({ ...inputs, ...password, 'registry-password': 'no-such-password' });
    expect(wrong.exitCode).toBe(1);
    expect(wrong.log).toContain('Check registry-username and registry-password');
    expect((await run(inputs)).log).toContain('or log in before this step');
  });
});

describe('the size', () => {
  test('of a built image is what its layers unpack to, and over the budget nothing is written', async () => {
    writeFileSync(join(folder, 'Dockerfile'), 'FROM scratch\nCOPY content /content\n');
    writeFileSync(join(folder, 'content'), Buffer.alloc(3_000_000));
    const name = `${open}/${ours}/sized:built`;
    await docker(['build', '--quiet', '--tag', name, folder]);
    await docker(['push', name]);
    await docker(['rmi', name]);
    const inputs = { promote: name, tags: 'small', 'max-image-size': '3.1MB' };
    const fits = await run(inputs);
    // A tar has a header, and is filled up to 10 KiB at most.
    expect(fits.log).toMatch(/linux\/amd64: 3\.0 MB, 0\.0 MB compressed/);
    expect(fits.conclusion).toBe('success');
    const over = await run({ ...inputs, tags: 'big', 'max-image-size': '2.9MB' });
    expect(over.exitCode).toBe(3);
    expect(over.log).toContain('is over 2.9 MB on linux/amd64: 3.0 MB');
    expect(await manifestAt(`${open}/${ours}/sized`, 'big')).toBeNull();
  });
});

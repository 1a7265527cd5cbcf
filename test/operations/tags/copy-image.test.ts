import { afterEach, describe, expect, jest, test } from '@jest/globals';
import { copyImage } from '../../../src/operations/tags/copy-image';
import { measureImage } from '../../../src/operations/tags/measure-image';
import type { Repository } from '../../../src/platform/registry/repository';
import { blobOf, describe as describeBlob, makeImage, makeIndex } from '../../support/oci-image';
import { closeRegistries, repositoryOf, said, startRegistry } from '../../support/registry-client';
import type { ScriptedRegistry } from '../../support/scripted/registry';

// Some copy an image several times, at some hundred requests each.
jest.setTimeout(30_000);

afterEach(closeRegistries);

const amd64 = makeImage({ layers: ['shared', 'of amd64'] });
const arm64 = makeImage({ architecture: 'arm64', layers: ['shared', 'of arm64'] });
const provenance = makeImage({
  layers: [blobOf('application/vnd.in-toto+json', Buffer.from('{}'))],
});
const index = makeIndex({ amd64, arm64 }, { attested: [provenance] });
const signature = makeImage({
  subject: index,
  artifactType: 'application/vnd.test.signature',
  layers: [blobOf('application/vnd.test.signature', Buffer.from('signed'))],
  annotations: { 'test.signer': 'octo' },
});
const countersignature = makeImage({
  subject: signature,
  artifactType: 'application/vnd.test.counter',
});
const all = [index, amd64, arm64, provenance, signature, countersignature];

async function held(registry: ScriptedRegistry, path: string): Promise<Repository> {
  const { app } = repositoryOf(registry, null, path);
  const list = (subject: string, ...made: (typeof signature)[]) => {
    const mediaType = 'application/vnd.oci.image.index.v1+json';
    const manifests = made.map(describeBlob);
    const bytes = Buffer.from(JSON.stringify({ schemaVersion: 2, mediaType, manifests }));
    return app.put(subject.replace(':', '-'), { mediaType, bytes });
  };
  registry.hold(path, index, '1.2.3');
  registry.hold(path, signature);
  registry.hold(path, countersignature);
  await list(index.digest, signature);
  await list(signature.digest, countersignature);
  return app;
}

async function copy(from: Repository, to: Repository) {
  const image = await from.manifest('1.2.3');
  if (image === null) throw new Error('nothing to copy');
  return copyImage(image, from, to);
}

describe('a copy', () => {
  test('within a registry mounts every blob, and brings children and referrers along', async () => {
    const registry = await startRegistry();
    const from = await held(registry, 'octo/app');
    const { app: to } = repositoryOf(registry, null, 'octo/live');
    expect(await copy(from, to)).toEqual({ manifests: 6, mounted: 8, copied: 0 });
    for (const { digest, bytes } of all)
      expect(Buffer.from((await to.manifest(digest))?.bytes ?? [])).toEqual(bytes);
    expect(await to.referrers(index.digest)).toEqual([
      {
        ...describeBlob(signature),
        artifactType: 'application/vnd.test.signature',
        annotations: { 'test.signer': 'octo' },
      },
    ]);
    expect((await to.referrers(signature.digest)).map(({ digest }) => digest)).toEqual([
      countersignature.digest,
    ]);
    expect(await to.tags()).toEqual(
      [signature, index].map(({ digest }) => digest.replace(':', '-')),
    );
  });

  test('to another registry sends the bytes; one with a referrers API gets no tag in its place', async () => {
    const from = await held(await startRegistry(), 'octo/app');
    const target = await startRegistry({ referrersApi: true });
    const { app: to } = repositoryOf(target, null, 'octo/live');
    expect(await copy(from, to)).toEqual({ manifests: 6, mounted: 0, copied: 8 });
    expect((await to.referrers(index.digest)).map(({ digest }) => digest)).toEqual([
      signature.digest,
    ]);
    expect(await to.tags()).toBeNull();
  });

  test('where mounts are refused or not granted sends the bytes', async () => {
    for (const script of [
      { mounts: false },
      {
        on: ({ path }: { path: string }) => (path.includes('mount=') ? { status: 403 } : undefined),
      },
    ]) {
      const registry = await startRegistry(script);
      const from = await held(registry, 'octo/app');
      const { app: to } = repositoryOf(registry, null, 'octo/live');
      expect(await copy(from, to)).toEqual({ manifests: 6, mounted: 0, copied: 8 });
    }
  });

  test('writes nothing before what it names', async () => {
    const from = await held(await startRegistry(), 'octo/app');
    const target = await startRegistry();
    await copy(from, repositoryOf(target, null, 'octo/live').app);
    const order = target.writes().map((write) => write.replace(/^.*\/octo\/live\//, ''));
    const at = (part: string): number => order.findIndex((write) => write.includes(part));
    const blobs = amd64.blobs.map(({ digest }) => at(`digest=${encodeURIComponent(digest)}`));
    const steps = [
      Math.max(...blobs),
      at(`manifests/${amd64.digest}`),
      at(`manifests/${index.digest}`),
      at(`manifests/${signature.digest}`),
      at(`manifests/${index.digest.replace(':', '-')}`),
    ];
    expect(Math.min(...steps)).toBeGreaterThanOrEqual(0);
    expect(steps).toEqual([...steps].sort((one, other) => one - other));
  });

  test('that died at any point is finished by the next one, and a whole one writes nothing', async () => {
    const source = await held(await startRegistry(), 'octo/app');
    const whole = await startRegistry();
    await copy(source, repositoryOf(whole).app);
    const { length } = whole.writes();
    for (const last of [7, length - 2]) {
      let writes = 0;
      const target = await startRegistry({
        on: ({ method }) =>
          method !== 'GET' && method !== 'HEAD' && ++writes > last ? { status: 403 } : undefined,
      });
      const { app: to } = repositoryOf(target);
      expect(await said(copy(source, to))).toContain('HTTP 403');
      writes = -1000;
      await copy(source, to);
      expect((await to.referrers(index.digest)).map(({ digest }) => digest)).toEqual([
        signature.digest,
      ]);
      for (const { digest } of all) expect((await to.manifest(digest))?.digest).toBe(digest);
      const before = target.writes().length;
      expect(await copy(source, to)).toEqual({ manifests: 0, mounted: 0, copied: 0 });
      expect(target.writes()).toHaveLength(before);
    }
  });

  test('keeps what other referrers the target has', async () => {
    const from = await held(await startRegistry(), 'octo/app');
    const target = await startRegistry();
    const { app: to } = repositoryOf(target);
    const mediaType = 'application/vnd.oci.image.index.v1+json';
    const mine = { ...describeBlob(provenance), annotations: { kept: 'as it is' } };
    const bytes = Buffer.from(JSON.stringify({ schemaVersion: 2, mediaType, manifests: [mine] }));
    await to.put(index.digest.replace(':', '-'), { mediaType, bytes });
    await copy(from, to);
    const found = await to.referrers(index.digest);
    expect(found[0]).toEqual(mine);
    expect(found.map(({ digest }) => digest)).toEqual([provenance.digest, signature.digest]);
  });

  test('of an image whose child is missing is refused; a deleted signature is passed over', async () => {
    const gone = new Set([arm64.digest]);
    const registry = await startRegistry({
      on: ({ path }) => (gone.has(path.split('/').at(-1) ?? '') ? { status: 404 } : undefined),
    });
    const from = await held(registry, 'octo/app');
    const words = await said(copy(from, repositoryOf(await startRegistry()).app));
    expect(words).toContain(`names ${arm64.digest}, and has it not`);
    gone.clear();
    gone.add(signature.digest);
    const { app: to } = repositoryOf(await startRegistry());
    expect(await copy(from, to)).toMatchObject({ manifests: 4 });
  });
});

describe('the size of an image', () => {
  const measured = async (made: typeof index, reads: string[] = []) => {
    const registry = await startRegistry({
      on: ({ method, path }) => {
        if (method === 'GET' && path.includes('/blobs/')) reads.push(path);
        return undefined;
      },
    });
    registry.hold('octo/app', made, '1');
    const { app } = repositoryOf(registry);
    const image = await app.manifest('1');
    if (image === null) throw new Error('nothing to measure');
    return measureImage(image, app);
  };

  test('is that of each platform, attestations left out, a shared layer read once', async () => {
    const reads: string[] = [];
    const sum = (image: typeof index): number =>
      image.blobs.slice(1).reduce((total, { bytes }) => total + bytes.length, 0);
    expect(await measured(index, reads)).toEqual([
      { platform: 'linux/amd64', uncompressed: 14, compressed: sum(amd64) },
      { platform: 'linux/arm64', uncompressed: 14, compressed: sum(arm64) },
    ]);
    expect(reads).toHaveLength(3);
  });

  test('of one image names the platform from its configuration', async () => {
    expect(await measured(makeImage({ kind: 'docker', architecture: 's390x' }))).toMatchObject([
      { platform: 'linux/s390x', uncompressed: 7 },
    ]);
  });

  test('with a layer that cannot be read is an error', async () => {
    const words = await said(measured(provenance));
    expect(words).toContain('a layer of type application/vnd.in-toto+json cannot be measured');
  });
});

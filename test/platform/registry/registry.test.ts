import { once } from 'node:events';
import { createServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { afterEach, describe, expect, test } from '@jest/globals';
import { connectRegistry } from '../../../src/platform/registry/connection';
import { openRepository } from '../../../src/platform/registry/repository';
import { blobOf, describe as describeBlob, makeImage } from '../../support/oci-image';
import {
  captain,
  captainsBasic,
  closeRegistries,
  repositoryOf,
  said,
  startRegistry,
} from '../../support/registry-client';
import type { RegistryReply, ScriptedRegistry } from '../../support/scripted/registry';
import { selfSigned } from '../../support/self-signed';

afterEach(closeRegistries);

const image = makeImage();
const other = makeImage({ layers: ['another layer'] });
const [, layer = blobOf('', Buffer.of())] = image.blobs;
const manifestReply = (more: Partial<RegistryReply> = {}): RegistryReply => ({
  status: 200,
  headers: { 'content-type': image.mediaType },
  body: image.bytes,
  ...more,
});

describe('a manifest', () => {
  test('comes as the bytes that the registry has, under its own digest', async () => {
    const registry = await startRegistry();
    registry.hold('octo/app', image, '1.2.3');
    const { app } = repositoryOf(registry);
    const [byTag, byDigest, missing] = await Promise.all([
      app.manifest('1.2.3'),
      app.manifest(image.digest),
      app.manifest('4.5.6'),
    ]);
    expect(byTag).toMatchObject({ digest: image.digest, mediaType: image.mediaType });
    expect(Buffer.from(byDigest?.bytes ?? [])).toEqual(image.bytes);
    expect(missing).toBeNull();
  });

  test.each<[string, RegistryReply, string]>([
    [
      'has another digest than was asked for',
      manifestReply({ body: other.bytes }),
      `what came has the digest ${other.digest}, not ${image.digest}`,
    ],
    [
      'has another digest than the registry says',
      manifestReply({
        headers: { 'content-type': image.mediaType, 'docker-content-digest': other.digest },
      }),
      `what came has the digest ${image.digest}, not ${other.digest}`,
    ],
    [
      'is a web page',
      { status: 200, headers: { 'content-type': 'text/html' }, body: '<html>Log in</html>' },
      'a web page came instead',
    ],
    ['is empty', { status: 200 }, 'it is not JSON'],
    [
      'is of schema 1',
      manifestReply({ body: '{"schemaVersion":1,"fsLayers":[]}' }),
      'it is no manifest of schema version 2',
    ],
    [
      'is sent as another type than it says it is',
      manifestReply({ headers: { 'content-type': 'application/vnd.oci.image.index.v1+json' } }),
      `calls itself ${image.mediaType}`,
    ],
    [
      'is longer than manifests are',
      manifestReply({ body: Buffer.alloc(5 * 1024 * 1024, ' ') }),
      'its answer has more than 4194304 bytes',
    ],
  ])('that %s is refused', async (_what, reply, words) => {
    const registry = await startRegistry({ on: () => reply });
    expect(await said(repositoryOf(registry).app.manifest(image.digest))).toContain(words);
  });

  test('that is cut off is asked for again, and refused when that does not help', async () => {
    const registry = await startRegistry({ on: () => manifestReply({ cutAt: 20 }) });
    const { app, waits } = repositoryOf(registry);
    expect(await said(app.manifest(image.digest))).toContain('no whole answer came');
    expect(registry.requests).toHaveLength(5);
    expect(waits).toEqual([500, 1000, 2000, 4000]);
  });
});

describe('trouble of the registry', () => {
  test('is waited for: as long as it says, and not for ever', async () => {
    const replies: (RegistryReply | 'drop')[] = [
      { status: 429, headers: { 'retry-after': '7' } },
      { status: 503 },
      'drop',
    ];
    const registry = await startRegistry({ on: () => replies.shift() });
    registry.hold('octo/app', image, '1');
    const { app, waits } = repositoryOf(registry);
    expect((await app.manifest('1'))?.digest).toBe(image.digest);
    expect(waits).toEqual([7000, 1000, 2000]);
  });

  test('that does not end is told in its own words', async () => {
    const body = '{"errors":[{"code":"TOOMANYREQUESTS","message":"rate limit\\nreached"}]}';
    const registry = await startRegistry({
      on: () => ({ status: 429, headers: { 'retry-after': '3600' }, body }),
    });
    const { app, waits } = repositoryOf(registry);
    const words = await said(app.manifest('1'));
    expect(words).toContain('HTTP 429, TOOMANYREQUESTS rate limit');
    expect(words).toContain('Wait some minutes');
    expect(waits).toEqual([60_000, 60_000, 60_000, 60_000]);
  });

  test('is not waited for once the run is cancelled', async () => {
    const registry = await startRegistry({ on: () => ({ status: 503 }) });
    const cancel = new AbortController();
    const sleep = (): Promise<void> => {
      cancel.abort(new Error('the run was cancelled'));
      return Promise.resolve();
    };
    const tools = { clock: { sleep }, signal: cancel.signal };
    const connection = connectRegistry(registry.name, () => Promise.resolve(null), tools);
    const asked = openRepository(connection, 'octo/app').manifest('1');
    await expect(asked).rejects.toThrow('the run was cancelled');
    expect(registry.requests).toHaveLength(1);
  });

  test('a registry that is not there is named', async () => {
    const registry = await startRegistry();
    registry.close();
    expect(await said(repositoryOf(registry).app.manifest('1'))).toMatch(
      /127\.0\.0\.1:\d+ was asked for the manifest octo\/app 1: no whole answer came \(.*ECONNREFUSED/,
    );
  });
});

describe('a redirect', () => {
  test('to another host carries no credentials there, and its challenge is not answered', async () => {
    const elsewhere = await startRegistry({
      on: ({ path }) =>
        path === '/locked'
          ? { status: 401, headers: { 'www-authenticate': 'Basic realm="mine"' } }
          : { status: 200, body: layer.bytes },
    });
    let target = '/layer';
    const registry = await startRegistry({
      on: ({ authorization }) =>
        authorization === null
          ? { status: 401, headers: { 'www-authenticate': 'Basic realm="app"' } }
          : { status: 307, headers: { location: elsewhere.url + target } },
    });
    const { app } = repositoryOf(registry, captain);
    expect(await app.readBlob(describeBlob(layer))).toEqual(layer.bytes);
    target = '/locked';
    expect(await said(app.readBlob(describeBlob(layer)))).toContain('HTTP 401');
    expect(elsewhere.requests.map(({ path }) => path)).toEqual(['/layer', '/locked']);
    expect(elsewhere.requests.map(({ authorization }) => authorization)).toEqual([null, null]);
    expect(registry.requests.map(({ authorization }) => authorization)).toEqual([
      null,
      captainsBasic,
      captainsBasic,
    ]);
  });

  test('there and back again gets no credentials either', async () => {
    const elsewhere: ScriptedRegistry = await startRegistry({
      on: () => ({ status: 302, headers: { location: `${registry.url}/back` } }),
    });
    const registry: ScriptedRegistry = await startRegistry({
      on: ({ path, authorization }) => {
        if (path === '/back') return { status: 200, body: layer.bytes };
        return authorization === null
          ? { status: 401, headers: { 'www-authenticate': 'Basic' } }
          : { status: 302, headers: { location: `${elsewhere.url}/there` } };
      },
    });
    await repositoryOf(registry, captain).app.readBlob(describeBlob(layer));
    expect(registry.requests.at(-1)).toMatchObject({ path: '/back', authorization: null });
  });

  test('to a host whose certificate nobody vouches for fails, and says how to trust it', async () => {
    const { key, certificate } = selfSigned('blobs.test');
    const tls = createServer({ key, cert: certificate }).listen(0, '127.0.0.1');
    await once(tls, 'listening');
    const location = `https://127.0.0.1:${(tls.address() as AddressInfo).port}/layer`;
    const registry = await startRegistry({ on: () => ({ status: 307, headers: { location } }) });
    const words = await said(repositoryOf(registry).app.readBlob(describeBlob(layer)));
    tls.close();
    expect(words).toContain('SELF_SIGNED_CERT');
    expect(words).toContain('NODE_EXTRA_CA_CERTS');
  });

  test('that never ends, and one of a write, are refused', async () => {
    const registry = await startRegistry({
      on: ({ path }) => ({ status: 307, headers: { location: path } }),
    });
    const { app } = repositoryOf(registry);
    expect(await said(app.manifest('1'))).toContain('it redirects more than 5 times');
    expect(await said(app.put('1', image))).toContain('HTTP 307');
    expect(registry.writes()).toEqual(['PUT /v2/octo/app/manifests/1']);
  });
});

describe('a list', () => {
  const link = (path: string) => ({ link: `<${path}>; rel="next"` });

  test('of tags is read page by page', async () => {
    const registry = await startRegistry({
      on: ({ path }) =>
        path.includes('last=')
          ? { status: 200, body: '{"tags":["2.0.0"]}' }
          : {
              status: 200,
              body: '{"tags":["1.0.0"]}',
              headers: link('/v2/octo/app/tags/list?last=1.0.0&n=1000'),
            },
    });
    expect(await repositoryOf(registry).app.tags()).toEqual(['1.0.0', '2.0.0']);
  });

  test('of a repository that is not there is null, of one without tags empty', async () => {
    const registry = await startRegistry();
    expect(await repositoryOf(registry).app.tags()).toBeNull();
    const bare = await startRegistry({
      on: () => ({ status: 200, body: '{"name":"octo/app","tags":null}' }),
    });
    expect(await repositoryOf(bare).app.tags()).toEqual([]);
  });

  test('that is none, that has no end, or whose next page is elsewhere, is refused or goes without a login', async () => {
    const page = await startRegistry({ on: () => ({ status: 200, body: '<html>' }) });
    expect(await said(repositoryOf(page).app.tags())).toContain('what came is no list');
    const endless = await startRegistry({
      on: ({ path }) => ({ status: 200, body: '{"tags":[]}', headers: link(path) }),
    });
    expect(await said(repositoryOf(endless).app.tags())).toContain(
      'the list has no end after 2 pages',
    );
    const elsewhere = await startRegistry({ on: () => ({ status: 200, body: '{"tags":[]}' }) });
    const registry = await startRegistry({
      on: ({ authorization }) =>
        authorization === null
          ? { status: 401, headers: { 'www-authenticate': 'Basic' } }
          : { status: 200, body: '{"tags":[]}', headers: link(elsewhere.url) },
    });
    await repositoryOf(registry, captain).app.tags();
    expect(elsewhere.requests.map(({ authorization }) => authorization)).toEqual([null]);
  });

  const signature = makeImage({ subject: image, artifactType: 'application/vnd.test.signature' });

  test('of referrers comes by the API where there is one', async () => {
    const registry = await startRegistry({ referrersApi: true });
    registry.hold('octo/app', image);
    registry.hold('octo/app', signature);
    const found = await repositoryOf(registry).app.referrers(image.digest);
    expect(found.map(({ digest }) => digest)).toEqual([signature.digest]);
  });

  test.each<[string, RegistryReply | undefined]>([
    ['not found', undefined],
    [
      'a page of a web site',
      { status: 200, headers: { 'content-type': 'text/html' }, body: '<p>' },
    ],
  ])('of referrers comes by the tag when the API is %s', async (_what, reply) => {
    const registry = await startRegistry({
      on: ({ path }) => (path.includes('/referrers/') ? reply : undefined),
    });
    const { app } = repositoryOf(registry);
    expect(await app.referrers(image.digest)).toEqual([]);
    const list = { schemaVersion: 2, mediaType: 'application/vnd.oci.image.index.v1+json' };
    const bytes = Buffer.from(JSON.stringify({ ...list, manifests: [describeBlob(signature)] }));
    await app.put(image.digest.replace(':', '-'), { mediaType: list.mediaType, bytes });
    expect(await app.referrers(image.digest)).toEqual([describeBlob(signature)]);
  });
});

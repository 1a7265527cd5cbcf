import { afterEach, describe, expect, test } from '@jest/globals';
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import zlib from 'node:zlib';
import type { Repository } from '../../../src/platform/registry/repository';
import { blobOf, describe as describeBlob, makeImage } from '../../support/oci-image';
import {
  captain,
  captainsBasic,
  closeRegistries,
  repositoryOf,
  said,
  startRegistry,
} from '../../support/registry-client';
import type { RegistryReply, Script, ScriptedRegistry } from '../../support/scripted/registry';

afterEach(closeRegistries);

const image = makeImage();
const [, layer = blobOf('', Buffer.of())] = image.blobs;

describe('a blob', () => {
  const wrong = async (reply: RegistryReply): Promise<string> => {
    const registry = await startRegistry({ on: () => reply });
    return said(repositoryOf(registry).app.readBlob(describeBlob(layer)));
  };

  test('that is another, longer, shorter or cut off is refused', async () => {
    const changed = Buffer.from(layer.bytes);
    changed[12] = (changed[12] ?? 0) ^ 1;
    expect(await wrong({ status: 200, body: changed })).toContain('what came has the digest');
    const longer = Buffer.concat([layer.bytes, layer.bytes]);
    expect(await wrong({ status: 200, body: longer })).toContain('more than the');
    expect(await wrong({ status: 200, body: layer.bytes.subarray(1) })).toContain(' bytes came');
    expect(await wrong({ status: 200, body: layer.bytes, cutAt: 9 })).toContain('broke off after');
  });

  test('is never written under a digest that it has not', async () => {
    const lying = await startRegistry({
      on: () => ({ status: 200, body: Buffer.alloc(layer.bytes.length) }),
    });
    const target = await startRegistry();
    const { app } = repositoryOf(target);
    const words = await said(app.takeBlob(describeBlob(layer), repositoryOf(lying).app));
    expect(words).toContain('what came has the digest');
    expect(target.writes().filter((one) => one.startsWith('PUT'))).toEqual([]);
    expect(await app.hasBlob(layer.digest)).toBe(false);
  });

  async function copied(
    script: Script,
  ): Promise<{ how: string; target: ScriptedRegistry; app: Repository }> {
    const source = await startRegistry();
    source.hold('octo/app', image);
    const target = await startRegistry(script);
    const { app } = repositoryOf(target, captain);
    const how = await app.takeBlob(describeBlob(layer), repositoryOf(source).app);
    return { how, target, app };
  }

  test('waits for the target: nothing more of it is read while that takes nothing', async () => {
    let read = 0;
    async function* bytes(): AsyncGenerator<Uint8Array> {
      while (read < 4000) {
        await new Promise((resolve) => setImmediate(resolve));
        read += 1;
        yield new Uint8Array(64 * 1024);
      }
    }
    const deaf = createServer(({ method }, response) => {
      if (method === 'POST') response.writeHead(202, { location: '/there' }).end();
    }).listen(0, '127.0.0.1');
    await once(deaf, 'listening');
    const { port } = deaf.address() as AddressInfo;
    const { app } = repositoryOf({ name: `127.0.0.1:${port}` });
    const from = {
      registry: 'other.test',
      path: 'octo/app',
      openBlob: () => Promise.resolve(bytes()),
    };
    const taken = said(app.takeBlob(describeBlob(layer), from));
    for (let before = -1; before !== read || read === 0;) {
      before = read;
      await new Promise((resolve) => setTimeout(resolve, 100));
    }
    expect(read).toBeLessThan(1000);
    read = 4000;
    deaf.closeAllConnections();
    deaf.close();
    await taken;
  });

  test('whose way breaks off is sent again from the start', async () => {
    let drops = 2;
    const { how, app } = await copied({
      on: ({ method }) => (method === 'PATCH' && drops-- > 0 ? 'drop' : undefined),
    });
    expect(how).toBe('copied');
    expect(await app.readBlob(describeBlob(layer))).toEqual(layer.bytes);
  });

  test('goes to another host without credentials when an upload is sent there', async () => {
    const elsewhere = await startRegistry({
      on: ({ method }) => ({
        status: method === 'PATCH' ? 202 : 201,
        headers: { location: '/there' },
      }),
    });
    const { target } = await copied({
      on: ({ authorization }) => {
        if (authorization === null)
          return { status: 401, headers: { 'www-authenticate': 'Basic' } };
        return { status: 202, headers: { location: `${elsewhere.url}/upload` } };
      },
    });
    expect(elsewhere.requests.map(({ authorization }) => authorization)).toEqual([null, null]);
    expect(target.requests.map(({ authorization }) => authorization)).toEqual([
      null,
      captainsBasic,
    ]);
  });
});

describe('the size of a layer', () => {
  const tar = 'application/vnd.oci.image.layer.v1.tar';
  const measure = async (mediaType: string, bytes: Buffer): Promise<number> => {
    const registry = await startRegistry();
    const packed = blobOf(mediaType, bytes);
    registry.hold('octo/app', makeImage({ layers: [packed] }));
    return repositoryOf(registry).app.unpackedSize(describeBlob(packed));
  };

  test('is what it unpacks to', async () => {
    const content = Buffer.alloc(3_000_000, 'x');
    expect(await measure(tar, content)).toBe(3_000_000);
    expect(await measure(`${tar}+gzip`, zlib.gzipSync(content))).toBe(3_000_000);
    expect(await measure(`${tar}+zstd`, zlib.zstdCompressSync(content))).toBe(3_000_000);
    expect(
      await measure('application/vnd.docker.image.rootfs.diff.tar.gzip', zlib.gzipSync(content)),
    ).toBe(3_000_000);
  });

  test('of one that cannot be unpacked is an error', async () => {
    expect(await said(measure(`${tar}+gzip`, Buffer.from('no gzip at all')))).toMatch(
      /it cannot be unpacked: .*incorrect header check/,
    );
    const half = zlib.gzipSync(Buffer.alloc(100_000, 'x')).subarray(0, 60);
    expect(await said(measure(`${tar}+gzip`, half))).toContain('it cannot be unpacked');
    expect(await said(measure(`${tar}+zstd`, Buffer.from('no zstd')))).toContain(
      'it cannot be unpacked',
    );
    expect(await said(measure(`${tar}+encrypted`, half))).toContain(
      'a layer of type application/vnd.oci.image.layer.v1.tar+encrypted cannot be measured',
    );
  });
});

import { Readable } from 'node:stream';
import { packingOf, type Descriptor } from '../../domain/registry/manifest';
import { RegistryFailure, messageOf } from '../../errors';
import type { Question, RegistryConnection } from './connection';
import { unpackedSize } from './unpacked-size';
import { verified } from './verified';

/** What a repository gives of its blobs. Calls throw a RegistryFailure. */
export interface Blobs {
  hasBlob(digest: string): Promise<boolean>;
  /** A small one, such as an image's configuration. */
  readBlob(blob: Descriptor): Promise<Uint8Array>;
  /** One of any size, as it comes; the stream fails when it is not what its digest says. */
  openBlob(blob: Descriptor): Promise<AsyncIterable<Uint8Array>>;
  /** Bytes of a layer once it is unpacked; nothing is kept. */
  unpackedSize(layer: Descriptor): Promise<number>;
}

const largestRead = 16 * 1024 * 1024;

/** @param path in the registry, such as `octo/app` */
export function blobCalls(connection: RegistryConnection, path: string): Blobs {
  const question = (what: string, digest: string): Omit<Question, 'method' | 'take'> => ({
    ...{ what: `${what} ${digest} of ${path}`, at: `/v2/${path}/blobs/${digest}` },
    ...{ scopes: [`repository:${path}:pull`], expected: [200] },
  });
  const openBlob = async (blob: Descriptor): Promise<AsyncIterable<Uint8Array>> => {
    const asked = question('for the blob', blob.digest);
    const { stream } = await connection.ask({ ...asked, method: 'GET', take: 'stream' });
    if (stream === null) throw connection.wrong(asked, 'its answer has no body');
    const chunks = Readable.fromWeb(stream);
    return verified(chunks, blob, (says, again) => connection.wrong(asked, says, again));
  };
  return {
    openBlob,
    hasBlob: async (digest) => {
      const asked = question('whether it has', digest);
      const expected = [200, 404];
      const { status } = await connection.ask({ ...asked, method: 'HEAD', take: 0, expected });
      return status === 200;
    },
    readBlob: async (blob) => {
      const asked = question('for the blob', blob.digest);
      if (blob.size > largestRead)
        throw connection.wrong(asked, `it has ${blob.size} bytes, more than is read here`);
      return Buffer.concat(await Readable.from(await openBlob(blob)).toArray());
    },
    unpackedSize: async (layer) => {
      const asked = question('for the layer', layer.digest);
      const packing = packingOf(layer.mediaType);
      if (packing === null)
        throw connection.wrong(asked, `a layer of type ${layer.mediaType} cannot be measured`);
      const stream = await openBlob(layer);
      return unpackedSize(stream, packing).catch((thrown: unknown) => {
        if (thrown instanceof RegistryFailure) throw thrown;
        throw connection.wrong(asked, `it cannot be unpacked: ${messageOf(thrown)}`);
      });
    },
  };
}

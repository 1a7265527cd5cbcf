import { Readable, Writable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import zlib from 'node:zlib';
import type { Packing } from '../../domain/registry/manifest';

/** No image has such a layer; whatever unpacks to more was made to do so. */
const largestLayer = 256 * 1024 ** 3;

/** Bytes of a stream once it is unpacked; nothing is kept. Throws when it cannot be unpacked. */
export async function unpackedSize(
  stream: AsyncIterable<Uint8Array>,
  packing: Packing,
): Promise<number> {
  let size = 0;
  const count = new Writable({
    write: (chunk: Buffer, _encoding, done) => {
      size += chunk.byteLength;
      done(size > largestLayer ? new Error(`it unpacks to more than ${largestLayer} bytes`) : null);
    },
  });
  const source = Readable.from(stream);
  if (packing === 'none') await pipeline(source, count);
  else if (packing === 'gzip') await pipeline(source, zlib.createGunzip(), count);
  else await pipeline(source, zlib.createZstdDecompress(), count);
  return size;
}

import { z } from 'zod';
import type { PlatformSize } from '../../domain/images/image-size';
import { parseJson } from '../../domain/json';
import {
  isAttestation,
  platformName,
  type Descriptor,
  type Manifest,
} from '../../domain/registry/manifest';
import { ShiplockError } from '../../errors';
import type { Repository } from '../../platform/registry/repository';

type Layers = Pick<Repository, 'registry' | 'path' | 'manifest' | 'readBlob' | 'unpackedSize'>;

const configuration = z.object({
  os: z.string(),
  architecture: z.string(),
  variant: z.string().optional(),
});

/**
 * What an image takes on each of its platforms; each layer is read once, and none is kept. Throws a ShiplockError when one
 * cannot be read.
 */
export async function measureImage(
  image: Manifest,
  repository: Layers,
): Promise<readonly PlatformSize[]> {
  const unpacked = new Map<string, number>();
  const sizes: PlatformSize[] = [];
  for (const { manifest, platform } of await platformsOf(image, repository)) {
    if (manifest.document.kind === 'index') throw nested(repository, manifest);
    const { layers } = manifest.document;
    for (const layer of layers) {
      if (!unpacked.has(layer.digest))
        unpacked.set(layer.digest, await repository.unpackedSize(layer));
    }
    sizes.push({
      platform,
      uncompressed: sum(layers.map(({ digest }) => unpacked.get(digest) ?? 0)),
      compressed: sum(layers.map(({ size }) => size)),
    });
  }
  return sizes;
}

interface OnePlatform {
  readonly manifest: Manifest;
  readonly platform: string;
}

async function platformsOf(image: Manifest, repository: Layers): Promise<readonly OnePlatform[]> {
  if (image.document.kind === 'image')
    return [{ manifest: image, platform: await platformOf(image.document.config, repository) }];
  const found: OnePlatform[] = [];
  for (const child of image.document.manifests.filter((one) => !isAttestation(one))) {
    const manifest = await repository.manifest(child.digest);
    if (manifest === null) throw missing(repository, child.digest);
    const platform = child.platform === undefined ? child.digest : platformName(child.platform);
    found.push({ manifest, platform });
  }
  return found;
}

async function platformOf(config: Descriptor, repository: Layers): Promise<string> {
  const text = new TextDecoder().decode(await repository.readBlob(config));
  const { data } = configuration.safeParse(parseJson(text));
  return data === undefined ? 'any platform' : platformName(data);
}

const sum = (numbers: readonly number[]): number => numbers.reduce((one, other) => one + other, 0);

function missing({ registry, path }: Layers, digest: string): ShiplockError {
  const message = `${registry}/${path} names ${digest}, and has it not`;
  return new ShiplockError(message, { hint: 'Push the image again.', fault: 'remote' });
}

function nested({ registry, path }: Layers, { digest }: Manifest): ShiplockError {
  const message = `${registry}/${path}@${digest} is an index within an index, which has no size`;
  return new ShiplockError(message, { hint: 'Push the image again.', fault: 'remote' });
}

import type { Engine } from '../../platform/docker-api/docker-api';
import type { ImageDetails } from '../../platform/docker-api/types';
import { unlessStatus } from './unless-status';

/** Those of the images that the engine has, by the reference that was asked for. */
export async function localImages(
  engine: Engine,
  images: readonly string[],
): Promise<ReadonlyMap<string, ImageDetails>> {
  const found = await Promise.all(
    [...new Set(images)].map(async (image) => {
      const details = await findImage(engine, image);
      return details === null ? [] : [[image, details] as const];
    }),
  );
  return new Map(found.flat());
}

/** An image that the engine has; null when it has none of that name. */
export function findImage(engine: Engine, image: string): Promise<ImageDetails | null> {
  return unlessStatus(404, engine.inspectImage(image));
}

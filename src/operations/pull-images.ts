import { EngineError, ShiplockError } from '../errors';
import type { Engine } from '../platform/docker-api';
import type { RegistryAuth } from '../platform/docker-api/specs';

/** Finds credentials for a registry host, if there are any. */
export type AuthFor = (image: string) => RegistryAuth | undefined;

/** S5: pulls what is not there yet, by digest. @returns the images that were pulled */
export async function pullImages(
  engine: Engine,
  images: readonly string[],
  authFor: AuthFor,
  onProgress: (line: string) => void,
): Promise<readonly string[]> {
  const pulled = await Promise.all(
    [...new Set(images)].map(async (image) => {
      if (await isThere(engine, image)) return [];
      await pull(engine, image, authFor, onProgress);
      return [image];
    }),
  );
  return pulled.flat();
}

async function isThere(engine: Engine, image: string): Promise<boolean> {
  try {
    await engine.inspectImage(image);
    return true;
  } catch (thrown) {
    if (thrown instanceof EngineError && thrown.status === 404) return false;
    throw thrown;
  }
}

async function pull(
  engine: Engine,
  image: string,
  authFor: AuthFor,
  onProgress: (line: string) => void,
): Promise<void> {
  try {
    await engine.pullImage(image, { auth: authFor(image), onProgress });
  } catch (cause) {
    throw new ShiplockError(`${image} could not be pulled`, {
      hint: 'Check that the server reaches the registry and that registry-username and registry-password may read the image.',
      cause,
      fault: 'remote',
    });
  }
}
